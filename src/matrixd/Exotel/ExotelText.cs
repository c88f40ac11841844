using System.Text;

namespace Matrixd.Exotel;

/// <summary>A peer's words as they may stand in a log: one line, bounded, nothing that moves a terminal's cursor.</summary>
internal static class ExotelText
{
    private const int MaxLength = 256;

    public static string Plain(string text)
    {
        StringBuilder plain = new(Math.Min(text.Length, MaxLength));
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (plain.Length >= MaxLength)
            {
                plain.Append('…');
                break;
            }

            // Format characters turn the direction of what follows.
            bool visible = !Rune.IsControl(rune) && Rune.GetUnicodeCategory(rune) is not System.Globalization.UnicodeCategory.Format;
            plain.Append(visible ? rune.ToString() : "·");
        }

        return plain.ToString();
    }
}
