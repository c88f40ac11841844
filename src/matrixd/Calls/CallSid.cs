using System.Diagnostics.CodeAnalysis;

namespace Matrixd.Calls;

/// <summary>Names a call in every record of the carrier, and in ours.</summary>
/// <remarks>Observed: 32 hex digits with a short suffix; other carriers' forms are let through as long as they are plain.</remarks>
internal readonly record struct CallSid
{
    /// <summary>No observed SID is longer than 34; the bound keeps keys and file names small.</summary>
    public const int MaxLength = 64;

    private CallSid(string value) => Value = value;

    public string Value { get; }

    public static bool TryParse([NotNullWhen(true)] string? text, out CallSid sid)
    {
        bool ok = Sids.IsPlain(text, MaxLength);
        sid = ok ? new CallSid(text!) : default;
        return ok;
    }

    public static CallSid Parse(string text) =>
        TryParse(text, out CallSid sid) ? sid : throw new FormatException($"'{text}' is not a call SID: 1 to {MaxLength} of A-Z a-z 0-9 _ -.");

    public override string ToString() => Value ?? "";
}

/// <summary>Names one media stream of a call; a call can open more than one.</summary>
internal readonly record struct StreamSid
{
    private StreamSid(string value) => Value = value;

    public string Value { get; }

    public static bool TryParse([NotNullWhen(true)] string? text, out StreamSid sid)
    {
        bool ok = Sids.IsPlain(text, CallSid.MaxLength);
        sid = ok ? new StreamSid(text!) : default;
        return ok;
    }

    public static StreamSid Parse(string text) =>
        TryParse(text, out StreamSid sid) ? sid : throw new FormatException($"'{text}' is not a stream SID.");

    public override string ToString() => Value ?? "";
}

internal static class Sids
{
    // SIDs become file names and log fields: nothing but these characters may stand in them.
    private static readonly System.Buffers.SearchValues<char> s_plain =
        System.Buffers.SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-");

    public static bool IsPlain(string? text, int maxLength) =>
        text is { Length: > 0 } && text.Length <= maxLength && !text.AsSpan().ContainsAnyExcept(s_plain);
}
