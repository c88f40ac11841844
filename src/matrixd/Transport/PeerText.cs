using System.Globalization;
using System.Text;

namespace Matrixd.Transport;

/// <summary>Text from a peer, made fit for a log line or an exception.</summary>
internal static class PeerText
{
    private const int MaxCharacters = 200; // a line of a log

    /// <summary>One line, bounded; control, format and lone surrogate characters as <c>\uXXXX</c>.</summary>
    public static string Escape(string text)
    {
        var safe = new StringBuilder();
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, MaxCharacters)))
        {
            if (char.GetUnicodeCategory(c) is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator)
            {
                safe.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                safe.Append(c);
            }
        }

        return text.Length > MaxCharacters ? safe.Append('…').ToString() : safe.ToString();
    }
}
