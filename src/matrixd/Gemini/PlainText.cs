using System.Globalization;
using System.Text;

namespace Matrixd.Gemini;

/// <summary>Makes the server's words fit for logs and rows.</summary>
internal static class PlainText
{
    /// <summary>[bytes] What a close frame can carry; error texts are held to the same.</summary>
    public const int MaxReasonBytes = 123;

    /// <summary>One line, nothing a terminal obeys, at most <paramref name="maxBytes"/> of UTF-8.</summary>
    /// <param name="secret">Replaced wherever it stands; empty: none.</param>
    public static string Clean(string text, int maxBytes = MaxReasonBytes, string secret = "")
    {
        string said = WithoutTokens(secret.Length > 0 ? text.Replace(secret, "[secret]", StringComparison.Ordinal) : text);
        var clean = new StringBuilder(Math.Min(said.Length, maxBytes));
        int bytes = 0;
        foreach (Rune rune in said.EnumerateRunes())
        {
            string piece = Escaped(rune);
            int size = Encoding.UTF8.GetByteCount(piece);
            if (bytes + size > maxBytes)
            {
                break;
            }

            clean.Append(piece);
            bytes += size;
        }

        return clean.ToString();
    }

    // Error texts can quote the token that was sent.
    private static string WithoutTokens(string text)
    {
        const string Collection = "auth_tokens/";
        int at = text.IndexOf(Collection, StringComparison.Ordinal);
        if (at < 0)
        {
            return text;
        }

        var clean = new StringBuilder(text.Length);
        int from = 0;
        while (at >= 0)
        {
            clean.Append(text, from, at - from).Append("[token]");
            from = at + Collection.Length;
            while (from < text.Length && GeminiToken.IsTokenCharacter(text[from]))
            {
                from++;
            }

            at = text.IndexOf(Collection, from, StringComparison.Ordinal);
        }

        return clean.Append(text, from, text.Length - from).ToString();
    }

    private static string Escaped(Rune rune) => Rune.GetUnicodeCategory(rune) switch
    {
        UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator
            or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned => string.Create(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}"),
        _ => rune.ToString(),
    };
}
