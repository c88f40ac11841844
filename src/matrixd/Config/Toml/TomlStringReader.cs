using System.Text;

namespace Matrixd.Config;

/// <summary>Reads the four forms of strings.</summary>
internal sealed class TomlStringReader(TomlCursor cursor)
{
    /// <summary>The cursor stands on the opening quote.</summary>
    public string Read()
    {
        char quote = cursor.Current;
        bool multiline = cursor.Peek(1) == quote && cursor.Peek(2) == quote;
        return multiline ? ReadMultiline(quote) : ReadLine(quote);
    }

    private string ReadLine(char quote)
    {
        TomlPosition start = cursor.Position;
        var text = new StringBuilder();
        cursor.Advance();
        while (cursor.Current != quote)
        {
            if (cursor.AtEnd || cursor.Current is '\n' or '\r')
            {
                throw cursor.ErrorAt(start, $"the text that begins here has no closing {quote}", "close it on the same line, or use three quotes for several lines");
            }

            ReadCharacter(quote, text);
        }

        cursor.Advance();
        return text.ToString();
    }

    private string ReadMultiline(char quote)
    {
        TomlPosition start = cursor.Position;
        string close = new(quote, 3);
        var text = new StringBuilder();
        cursor.Advance(3);
        cursor.TryNewline();
        while (!cursor.StartsWith(close))
        {
            if (cursor.AtEnd)
            {
                throw cursor.ErrorAt(start, $"the text that begins here has no closing {close}", $"put {close} behind its last line");
            }

            if (cursor.TryNewline())
            {
                text.Append('\n');
            }
            else if (quote == '"' && cursor.Current == '\\' && TrySkipFoldedLines())
            {
                continue;
            }
            else
            {
                ReadCharacter(quote, text);
            }
        }

        // One or two quotes may stand directly before the closing three.
        for (int i = 0; i < 2 && cursor.Peek(3) == quote; i++)
        {
            text.Append(quote);
            cursor.Advance();
        }

        cursor.Advance(3);
        return text.ToString();
    }

    private void ReadCharacter(char quote, StringBuilder text)
    {
        if (quote == '"' && cursor.Current == '\\')
        {
            TomlEscape.Read(cursor, text);
            return;
        }

        cursor.RequirePlain("a text");
        text.Append(cursor.Current);
        cursor.Advance();
    }

    /// <summary>A backslash as the last thing on a line swallows all white space up to the next word.</summary>
    private bool TrySkipFoldedLines()
    {
        int ahead = 1;
        while (cursor.Peek(ahead) is ' ' or '\t')
        {
            ahead++;
        }

        bool newline = cursor.Peek(ahead) == '\n' || (cursor.Peek(ahead) == '\r' && cursor.Peek(ahead + 1) == '\n');
        if (!newline)
        {
            return false;
        }

        cursor.Advance(ahead);
        do
        {
            cursor.SkipBlanks();
        }
        while (cursor.TryNewline());
        return true;
    }
}
