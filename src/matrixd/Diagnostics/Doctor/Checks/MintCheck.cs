using System.Globalization;
using Matrixd.Gemini;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>A token of our own for the sessions that are tried; it is never shown and kept nowhere.</summary>
internal static class MintCheck
{
    // Long enough to try every session, short enough to be worth nothing to anybody.
    private static readonly TimeSpan s_window = TimeSpan.FromMinutes(10);

    public static Func<CancellationToken, Task<CheckResult>> Of(DoctorSubject subject) => async cancelled =>
    {
        TokenMint mint = new(subject.Http, subject.Config.Gemini, subject.Clock);
        long started = subject.Clock.GetTimestamp();
        try
        {
            StoredToken token = await MintAsync(mint, cancelled);
            subject.Token = token;
            subject.ClockSkew = mint.ClockSkew;
            subject.Shade.Add(token.Value);
            return CheckResult.Fine(string.Create(CultureInfo.InvariantCulture, $"minted in {subject.Clock.GetElapsedTime(started).TotalMilliseconds:0} ms, opens sessions until {token.NewSessionUntil:HH:mm:ss} UTC"));
        }
        catch (TokenException e)
        {
            return CheckResult.Broken(e.Message, FixFor(e));
        }
    };

    // Where our clock is far off, the first answer says so, and the second request is dated by the service's: the daemon does the same.
    private static async Task<StoredToken> MintAsync(TokenMint mint, CancellationToken cancelled)
    {
        TokenWindows windows = TokenWindows.ForBrowser(s_window, TimeSpan.Zero);
        try
        {
            return await mint.MintAsync("doctor", LiveChecks.MaxTrials, windows, cancelled);
        }
        catch (TokenException) when (mint.ClockSkew != TimeSpan.Zero)
        {
            return await mint.MintAsync("doctor", LiveChecks.MaxTrials, windows, cancelled);
        }
    }

    private static string FixFor(TokenException e) => e.Status switch
    {
        0 => "check firewall and proxy: the same host answered TLS just now",
        400 or 401 => "check the API key: copy it again, whole and alone on its line, from Google AI Studio",
        403 => "check the key's restrictions (it must be allowed the Generative Language API) and the project's billing",
        404 => "check [gemini] base_url and api_version: tokens exist in v1alpha",
        429 => "the project asks too often or has no quota left: wait, or raise it",
        _ => "the service has a fault; try again in a minute",
    };
}
