using System.Globalization;
using Matrixd.Exotel;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>Exotel's REST side: are the credentials taken, and how many streams does the account have.</summary>
internal static class ExotelCheck
{
    public static Func<CancellationToken, Task<CheckResult>> Of(DoctorSubject subject) => async cancelled =>
    {
        ExotelOptions options = subject.Config.Exotel;
        if (options.ApiKey.Length == 0 || options.ApiToken.Length == 0 || options.AccountSid.Length == 0)
        {
            return CheckResult.Note("no API key is configured: it is needed only to dial, incoming calls work without", "to dial: account_sid, api_key_file and api_token_file in [exotel]");
        }

        using ExotelRest rest = new(options, subject.Clock);
        try
        {
            ActiveStreams streams = await rest.ActiveStreamsAsync(cancelled);
            return Judge(streams, subject.Config.Calls.MaxCalls, rest.Host);
        }
        catch (ExotelRestException e)
        {
            return e.Status == 200 ? CheckResult.Note($"{e.Message}; the credentials were taken") : CheckResult.Broken(e.Message, FixFor(e.Status, options));
        }
    };

    private static CheckResult Judge(ActiveStreams streams, int maxCalls, string host)
    {
        string most = streams.Most is { } allowed ? string.Create(CultureInfo.InvariantCulture, $"{allowed}") : "an untold number";
        string text = string.Create(CultureInfo.InvariantCulture, $"{host}: {streams.Active} of {most} streams are active");
        return streams.Most is { } limit && limit < maxCalls
            ? CheckResult.Note($"{text}; matrixd would take {maxCalls} calls, the account does not bring so many", "ask Exotel for more streams, or set [server] max_calls to what there is")
            : CheckResult.Fine(text);
    }

    private static string FixFor(int status, ExotelOptions options) => status switch
    {
        401 => "check api_key_file and api_token_file against Exotel's dashboard, API settings: the token is not the account's password",
        402 => "the account's balance is used up: recharge it",
        403 => "the account is not cleared for this API (KYC), or the key is restricted: ask Exotel's support",
        404 => $"check account_sid and region: the region is \"{options.Region}\" now, the other is \"{(options.Region == "in" ? "sg" : "in")}\"",
        429 => "too many requests a minute: wait and ask again",
        0 => "check firewall and proxy, and [exotel] region or base_url",
        _ => "Exotel has a fault: try again in a minute",
    };
}
