namespace Matrixd.Config;

/// <summary>One part of a dotted key.</summary>
internal readonly record struct TomlKeyPart(string Name, TomlPosition Position);

/// <summary>Reads keys: bare, quoted, dotted.</summary>
internal sealed class TomlKeyReader(TomlCursor cursor)
{
    private readonly TomlStringReader _strings = new(cursor);

    /// <summary>Leaves the cursor behind the key and the blanks after it.</summary>
    public List<TomlKeyPart> ReadPath()
    {
        List<TomlKeyPart> path = [];
        while (true)
        {
            TomlPosition position = cursor.Position;
            path.Add(new TomlKeyPart(ReadPart(), position));
            if (path.Count > TomlLimits.MaxDepth)
            {
                throw cursor.ErrorAt(position, $"a key of more than {TomlLimits.MaxDepth} parts");
            }

            cursor.SkipBlanks();
            if (cursor.Current != '.')
            {
                return path;
            }

            cursor.Advance();
            cursor.SkipBlanks();
        }
    }

    private string ReadPart()
    {
        if (cursor.Current is '"' or '\'')
        {
            if (cursor.StartsWith("\"\"\"") || cursor.StartsWith("'''"))
            {
                throw cursor.Error("a key cannot be a multi-line string", "use one pair of quotes");
            }

            return _strings.Read();
        }

        var name = new System.Text.StringBuilder();
        while (char.IsAsciiLetterOrDigit(cursor.Current) || cursor.Current is '_' or '-')
        {
            name.Append(cursor.Current);
            cursor.Advance();
        }

        if (name.Length == 0)
        {
            throw cursor.Error($"a key expected, found {cursor.Describe()}", "a key is letters, digits, _ and -; anything else stands in quotes");
        }

        return name.ToString();
    }
}
