using System.Runtime.InteropServices;

namespace Matrixd.Tests.Support;

/// <summary>Exotel's frames as text, numbers quoted or bare, sharing nothing with the product.</summary>
internal static class EndToEndFrames
{
    public const string Connected = """{"event":"connected"}""";

    public static string Start(EndToEndCall call, string custom = "{}")
    {
        string rate = call.BareNumbers ? $"{call.Rate}" : $"\"{call.Rate}\"";
        string sid = call.StreamSid;
        return $"{{\"event\":\"start\",\"sequence_number\":{Number(call, 1)},\"stream_sid\":\"{sid}\",\"start\":{{\"stream_sid\":\"{sid}\",\"call_sid\":\"{call.CallSid}\","
            + $"\"account_sid\":\"{call.AccountSid}\",\"from\":\"{call.From}\",\"to\":\"{call.To}\",\"custom_parameters\":{custom},"
            + $"\"media_format\":{{\"encoding\":\"base64\",\"sample_rate\":{rate},\"bit_rate\":\"128kbps\"}}}}}}";
    }

    public static string Media(EndToEndCall call, long number, long milliseconds, ReadOnlySpan<short> pcm) => $$$"""
        {"event":"media","sequence_number":{{{Number(call, number + 1)}}},"stream_sid":"{{{call.StreamSid}}}","media":{"chunk":{{{Number(call, number)}}},"timestamp":{{{Number(call, milliseconds)}}},"payload":"{{{Base64(pcm)}}}"}}
        """;

    public static string Mark(EndToEndCall call, string name) =>
        $$$"""{"event":"mark","sequence_number":"9","stream_sid":"{{{call.StreamSid}}}","mark":{"name":"{{{name}}}"}}""";

    public static string Stop(EndToEndCall call) =>
        $$$"""{"event":"stop","sequence_number":"99","stream_sid":"{{{call.StreamSid}}}","stop":{"call_sid":"{{{call.CallSid}}}","account_sid":"{{{call.AccountSid}}}","reason":"callended"}}""";

    public static string Base64(ReadOnlySpan<short> pcm) => Convert.ToBase64String(MemoryMarshal.AsBytes(pcm));

    private static string Number(EndToEndCall call, long value) => call.BareNumbers ? $"{value}" : $"\"{value}\"";
}

/// <summary>Who calls, and how its frames are spelled.</summary>
internal sealed record EndToEndCall(string CallSid)
{
    public string StreamSid { get; init; } = "stream-" + Guid.NewGuid().ToString("N");

    public string AccountSid { get; init; } = "acme1";

    public string From { get; init; } = "09441233609";

    public string To { get; init; } = "08040000000";

    /// <summary>[Hz]</summary>
    public int Rate { get; init; } = 8000;

    public bool BareNumbers { get; init; }

    /// <summary>Path of a warm session; empty: the stream path with Basic.</summary>
    public string Path { get; init; } = "";

    /// <summary><c>user:password</c>; null: the house's.</summary>
    public string? Basic { get; init; }

    /// <summary>An authority beside the system's (PEM file): the line is dialled with TLS.</summary>
    public string CaFile { get; init; } = "";
}
