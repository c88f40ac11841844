namespace Matrixd.Config;

/// <summary>Reads values; arrays and inline tables call back into it, as deep as <see cref="TomlLimits.MaxDepth"/>.</summary>
internal sealed class TomlValueReader(TomlCursor cursor, TomlKeyReader keys, TomlTables tables)
{
    private readonly TomlStringReader _strings = new(cursor);
    private readonly TomlBareReader _bare = new(cursor);

    /// <summary><c>key = value</c> into a table.</summary>
    public void ReadKeyValue(TomlTable table)
    {
        List<TomlKeyPart> path = keys.ReadPath();
        if (cursor.Current != '=')
        {
            throw cursor.Error($"'=' expected after the key, found {cursor.Describe()}", "write key = value, or [section]");
        }

        cursor.Advance();
        cursor.SkipBlanks();
        TomlTable parent = tables.WalkDotted(table, path);
        tables.RequireNew(parent, path[^1]);
        parent.Add(path[^1].Name, path[^1].Position, Read(parent.Depth));
    }

    private TomlValue Read(int depth)
    {
        TomlPosition start = cursor.Position;
        switch (cursor.Current)
        {
            case '"' or '\'':
                return new TomlScalar(TomlKind.Text, start, _strings.Read());
            case '[':
                return ReadArray(start, depth);
            case '{':
                return ReadInlineTable(start, depth);
            default:
                return _bare.Read();
        }
    }

    private TomlArray ReadArray(TomlPosition start, int depth)
    {
        var array = new TomlArray(start, tables.Deeper(depth, start), ofTables: false);
        cursor.Advance();
        while (true)
        {
            cursor.SkipBlankLines();
            if (cursor.Current == ']')
            {
                cursor.Advance();
                return array;
            }

            array.Add(Read(array.Depth));
            cursor.SkipBlankLines();
            if (cursor.Current == ',')
            {
                cursor.Advance();
            }
            else if (cursor.Current != ']')
            {
                throw cursor.Error($"',' or ']' expected in the array that begins in line {start.Line}, found {cursor.Describe()}", "close the array with ]");
            }
        }
    }

    /// <summary>On one line, and without a comma after the last entry: TOML 1.0.</summary>
    private TomlTable ReadInlineTable(TomlPosition start, int depth)
    {
        // While it is open its own dotted keys add to it as under a header; closed, it is complete.
        var table = new TomlTable(start, tables.Deeper(depth, start), TomlTableOrigin.Header);
        cursor.Advance();
        cursor.SkipBlanks();
        if (cursor.Current != '}')
        {
            ReadInlineEntries(table);
        }

        cursor.Advance();
        table.Origin = TomlTableOrigin.Inline;
        return table;
    }

    private void ReadInlineEntries(TomlTable table)
    {
        while (true)
        {
            ReadKeyValue(table);
            cursor.SkipBlanks();
            if (cursor.Current == '}')
            {
                return;
            }

            if (cursor.Current != ',')
            {
                throw cursor.Error($"',' or '}}' expected in the inline table, found {cursor.Describe()}", "an inline table { … } stands on one line");
            }

            cursor.Advance();
            cursor.SkipBlanks();
            if (cursor.Current == '}')
            {
                throw cursor.Error("a comma before '}'", "remove the comma");
            }
        }
    }
}
