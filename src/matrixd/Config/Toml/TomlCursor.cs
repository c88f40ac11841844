namespace Matrixd.Config;

/// <summary>Walks a text and knows line and column.</summary>
/// <remarks>One document, one thread. A line ends with LF or CR LF; a CR alone is an error wherever it stands.</remarks>
internal sealed class TomlCursor
{
    public const char End = '\0';
    private readonly string _text;
    private readonly string _fileName;
    private int _offset;
    private int _line = 1;
    private int _column = 1;

    public TomlCursor(string text, string fileName)
    {
        _text = text;
        _fileName = fileName;
        _offset = text.StartsWith('\uFEFF') ? 1 : 0;
    }

    public TomlPosition Position => new(_line, _column);

    public bool AtEnd => _offset >= _text.Length;

    /// <summary>NUL at the end; a NUL in the text is no part of any token, so it is refused either way.</summary>
    public char Current => Peek(0);

    public char Peek(int ahead) => _offset + ahead < _text.Length ? _text[_offset + ahead] : End;

    public bool StartsWith(string token) => _text.AsSpan(_offset).StartsWith(token, StringComparison.Ordinal);

    /// <summary>Goes one UTF-16 unit on; the second half of a pair does not count as a column.</summary>
    public void Advance()
    {
        char c = _text[_offset++];
        if (c == '\n')
        {
            _line++;
            _column = 1;
        }
        else if (!char.IsLowSurrogate(c))
        {
            _column++;
        }
    }

    public void Advance(int count)
    {
        for (int i = 0; i < count; i++)
        {
            Advance();
        }
    }

    public void SkipBlanks()
    {
        while (Current is ' ' or '\t')
        {
            Advance();
        }
    }

    /// <summary>Takes one line end if one stands here.</summary>
    public bool TryNewline()
    {
        if (Current == '\r' && Peek(1) == '\n')
        {
            Advance(2);
            return true;
        }

        if (Current != '\n')
        {
            return false;
        }

        Advance();
        return true;
    }

    /// <summary>Takes a comment, without its line end, if one begins here.</summary>
    public void SkipComment()
    {
        if (Current != '#')
        {
            return;
        }

        while (!AtEnd && Current != '\n' && !(Current == '\r' && Peek(1) == '\n'))
        {
            RequirePlain("a comment");
            Advance();
        }
    }

    /// <summary>Blanks, comments and line ends, as they may stand between the items of an array.</summary>
    public void SkipBlankLines()
    {
        do
        {
            SkipBlanks();
            SkipComment();
        }
        while (TryNewline());
    }

    /// <summary>Refuses control characters and half surrogate pairs.</summary>
    public void RequirePlain(string where)
    {
        char c = Current;
        if ((c < ' ' && c != '\t') || c == '\u007F')
        {
            throw Error($"control character U+{(int)c:X4} in {where}", "remove it, or write it as an escape in \"…\"");
        }

        bool paired = char.IsHighSurrogate(c)
            ? char.IsLowSurrogate(Peek(1))
            : !char.IsLowSurrogate(c) || (_offset > 0 && char.IsHighSurrogate(_text[_offset - 1]));
        if (!paired)
        {
            throw Error($"U+{(int)c:X4} is no character", "remove it");
        }
    }

    public TomlException Error(string what, string hint = "") => ErrorAt(Position, what, hint);

    public TomlException ErrorAt(TomlPosition position, string what, string hint = "") => new(_fileName, position, what, hint);

    /// <summary>The current character for a message; never more than it.</summary>
    public string Describe() => AtEnd ? "the end of the file"
        : Current is '\n' or '\r' ? "the end of the line"
        : Current < ' ' || char.IsSurrogate(Current) ? $"U+{(int)Current:X4}"
        : $"'{Current}'";
}
