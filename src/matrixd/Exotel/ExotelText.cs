using System.Globalization;
using System.Text;

namespace Matrixd.Exotel;

/// <summary>A peer's words as they may stand in a log: one line, bounded, nothing that moves a terminal's cursor.</summary>
internal static class ExotelText
{
    /// <summary>Longest result [characters].</summary>
    public const int MaxLength = 256;

    public static string Plain(string text)
    {
        StringBuilder plain = new(Math.Min(text.Length, MaxLength));
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (plain.Length + rune.Utf16SequenceLength >= MaxLength)
            {
                plain.Append('…');
                break;
            }

            plain.Append(IsPlain(rune) ? rune.ToString() : "·");
        }

        return plain.ToString();
    }

    // Format characters turn the direction of what follows; separators are new lines to some.
    private static bool IsPlain(Rune rune) => Rune.GetUnicodeCategory(rune) is not (
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
        or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned);
}
