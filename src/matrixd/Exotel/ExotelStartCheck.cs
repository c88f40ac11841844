using System.Security.Cryptography;
using System.Text;
using Matrixd.Calls;

namespace Matrixd.Exotel;

/// <summary>Holds a start frame against what we know: the first place where a stranger with a good socket is stopped.</summary>
internal static class ExotelStartCheck
{
    /// <param name="opening">The start as the calls room takes it; null where it is refused.</param>
    /// <returns>Why it is refused; empty where it is not.</returns>
    public static string Check(ExotelStart start, ExotelOptions options, ExotelAdmission admission, out CallStart? opening)
    {
        opening = null;
        if (!CallSid.TryParse(start.CallSid, out CallSid callSid))
        {
            return "start has no usable call_sid";
        }

        if (!StreamSid.TryParse(start.StreamSid, out StreamSid streamSid))
        {
            return "start has no usable stream_sid";
        }

        if (options.AccountSid.Length > 0 && !SameText(start.AccountSid, options.AccountSid))
        {
            return "start names an account_sid that is not ours";
        }

        if (admission.WarmCall is { } warm && warm != callSid)
        {
            return "the path token was handed out for another call";
        }

        int rate = start.SampleRate == 0 ? 8000 : start.SampleRate; // the carrier's default
        if (rate is not (8000 or 16000 or 24000))
        {
            return $"sample rate {rate} Hz is not served: 8000, 16000 or 24000";
        }

        opening = new CallStart(callSid, streamSid, ExotelText.Plain(start.From), ExotelText.Plain(start.To), rate);
        return "";
    }

    private static bool SameText(string a, string b) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(a), Encoding.UTF8.GetBytes(b));
}
