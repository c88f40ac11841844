using System.Text;

namespace Matrixd.Config;

/// <summary>Reads what stands without quotes: booleans, numbers, dates.</summary>
internal sealed class TomlBareReader(TomlCursor cursor)
{
    /// <summary>Longer than any number or date with a meaning; a bound, so that a huge unquoted word costs nothing.</summary>
    private const int MaxLength = 256;

    public TomlScalar Read()
    {
        TomlPosition start = cursor.Position;
        string word = ReadWord();
        if (word.Length == 0)
        {
            throw cursor.Error($"a value expected, found {cursor.Describe()}", "text stands in quotes: \"…\"");
        }

        if (word is "true" or "false")
        {
            return new TomlScalar(TomlKind.Boolean, start, word == "true");
        }

        return TomlNumber.TryParse(word, start) ?? TomlDate.TryParse(word, start) ?? throw Refuse(word, start);
    }

    private string ReadWord()
    {
        var word = new StringBuilder();
        while (IsWord(cursor.Current) || IsDateBlank(word))
        {
            if (word.Length == MaxLength)
            {
                throw cursor.Error($"a value of more than {MaxLength} characters without quotes", "text stands in quotes: \"…\"");
            }

            word.Append(cursor.Current);
            cursor.Advance();
        }

        return word.ToString();
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '+' or '.' or ':';

    /// <summary>One blank may part a date from its time.</summary>
    private bool IsDateBlank(StringBuilder word) =>
        word.Length == 10 && cursor.Current == ' ' && char.IsAsciiDigit(cursor.Peek(1)) && word[4] == '-' && word[7] == '-' && char.IsAsciiDigit(word[0]);

    private TomlException Refuse(string word, TomlPosition start)
    {
        // The word itself is not quoted: it may be a secret that lacks its quotes.
        if (word.Equals("true", StringComparison.OrdinalIgnoreCase) || word.Equals("false", StringComparison.OrdinalIgnoreCase))
        {
            return cursor.ErrorAt(start, "true and false are written in small letters");
        }

        return char.IsAsciiDigit(word[0]) || word[0] is '+' or '-' or '.'
            ? cursor.ErrorAt(start, "neither a number nor a date", "text, durations too, stands in quotes: \"8s\"; numbers have no leading zeros and fit 64 bits; dates are 2026-11-22T09:00:00+05:30")
            : cursor.ErrorAt(start, "a value expected", "text stands in quotes: \"…\"");
    }
}
