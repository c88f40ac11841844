using System.Text;

namespace Matrixd.Simulation;

/// <summary>Limits on the text that goes over the wire.</summary>
internal static class WireText
{
    /// <summary>A close frame's payload is at most 125 bytes, two of them the code. Source: RFC 6455 §5.5.</summary>
    public const int MaxReasonBytes = 123;

    /// <summary>Cuts a close reason as the wire does, without splitting a character.</summary>
    public static string CutReason(string reason)
    {
        if (Encoding.UTF8.GetByteCount(reason) <= MaxReasonBytes)
        {
            return reason;
        }

        int bytes = 0;
        int chars = 0;
        foreach (Rune rune in reason.EnumerateRunes())
        {
            if (bytes + rune.Utf8SequenceLength > MaxReasonBytes)
            {
                break;
            }

            bytes += rune.Utf8SequenceLength;
            chars += rune.Utf16SequenceLength;
        }

        return reason[..chars];
    }
}
