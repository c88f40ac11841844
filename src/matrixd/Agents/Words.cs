using System.Text;
using System.Text.Json;

namespace Matrixd.Agents;

/// <summary>Puts foreign text into our own sentences.</summary>
internal static class Words
{
    // Enough to recognise what was said.
    private const int MaxQuoted = 80;

    /// <summary>The text on one line, without control characters, cut to a quotation's length.</summary>
    public static string Clip(string text, int maxLength = MaxQuoted)
    {
        var clean = new StringBuilder(Math.Min(text.Length, maxLength));
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (clean.Length + rune.Utf16SequenceLength > maxLength)
            {
                return clean.Append('…').ToString();
            }

            clean.Append(Rune.IsControl(rune) ? " " : rune.ToString());
        }

        return clean.ToString();
    }

    /// <summary>What a JSON value is, in a sentence.</summary>
    public static string Kind(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => $"the string {Clip(value.GetRawText())}",
        JsonValueKind.Number => $"the number {Clip(value.GetRawText())}",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Null => "null",
        _ => "nothing",
    };
}
