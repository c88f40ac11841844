namespace Matrixd.Config;

/// <summary>Reads a document line by line: headers, and keys with values.</summary>
internal sealed class TomlReader(TomlCursor cursor)
{
    private readonly TomlKeyReader _keys = new(cursor);
    private readonly TomlTables _tables = new(cursor);
    private readonly TomlTable _root = new(new TomlPosition(1, 1), 0, TomlTableOrigin.Header);

    public TomlTable ReadDocument()
    {
        var values = new TomlValueReader(cursor, _keys, _tables);
        TomlTable current = _root;
        while (true)
        {
            cursor.SkipBlankLines();
            if (cursor.AtEnd)
            {
                return _root;
            }

            if (cursor.Current == '[')
            {
                current = ReadHeader();
            }
            else
            {
                values.ReadKeyValue(current);
            }

            EndLine();
        }
    }

    private TomlTable ReadHeader()
    {
        TomlPosition start = cursor.Position;
        bool array = cursor.Peek(1) == '[';
        cursor.Advance(array ? 2 : 1);
        cursor.SkipBlanks();
        List<TomlKeyPart> path = _keys.ReadPath();
        string close = array ? "]]" : "]";
        if (!cursor.StartsWith(close))
        {
            throw cursor.Error($"'{close}' expected after the section's name, found {cursor.Describe()}", array ? "write [[name]]" : "write [name]");
        }

        cursor.Advance(close.Length);
        return array ? _tables.OpenArrayTable(_root, path, start) : _tables.OpenTable(_root, path, start);
    }

    private void EndLine()
    {
        cursor.SkipBlanks();
        cursor.SkipComment();
        if (!cursor.AtEnd && !cursor.TryNewline())
        {
            throw cursor.Error($"the end of the line expected, found {cursor.Describe()}", "one key = value a line; text that holds blanks or quotes stands in quotes");
        }
    }
}
