using System.Text;

namespace Matrixd.Agents;

/// <summary>Text with <c>{name}</c> in it.</summary>
/// <remarks>Immutable; any thread. A value is put in as it is: braces inside it mean nothing, so that no caller's words reach the template.</remarks>
internal sealed class PromptTemplate
{
    private const int MaxNameLength = 64;

    // Text and names by turns: even places are text.
    private readonly List<string> _parts = [];

    public PromptTemplate(string text)
    {
        int from = 0;
        int at = 0;
        while ((at = text.IndexOf('{', at)) >= 0)
        {
            int length = NameLength(text.AsSpan(at + 1));
            if (length == 0)
            {
                at++;
                continue;
            }

            _parts.Add(text[from..at]);
            _parts.Add(text.Substring(at + 1, length));
            from = at = at + length + 2;
        }

        _parts.Add(text[from..]);
    }

    /// <summary>The text with the values in place of their names. A name without a value stays as it is written, braces and all.</summary>
    /// <param name="unknown">Told each name that has no value.</param>
    public string Render(IReadOnlyDictionary<string, string> values, Action<string> unknown)
    {
        if (_parts.Count == 1)
        {
            return _parts[0];
        }

        var text = new StringBuilder();
        for (int i = 0; i < _parts.Count; i++)
        {
            string part = _parts[i];
            if (i % 2 == 0)
            {
                text.Append(part);
            }
            else if (values.TryGetValue(part, out string? value))
            {
                text.Append(value);
            }
            else
            {
                unknown(part);
                text.Append('{').Append(part).Append('}');
            }
        }

        return text.ToString();
    }

    // Length of the name that a closing brace ends; 0: there is none, the brace is plain text (JSON in a prompt, say).
    private static int NameLength(ReadOnlySpan<char> text)
    {
        int length = 0;
        while (length < text.Length && length <= MaxNameLength && (char.IsAsciiLetterOrDigit(text[length]) || text[length] is '_' or '-' or '.'))
        {
            length++;
        }

        return length is > 0 and <= MaxNameLength && length < text.Length && text[length] == '}' && char.IsAsciiLetter(text[0]) ? length : 0;
    }
}
