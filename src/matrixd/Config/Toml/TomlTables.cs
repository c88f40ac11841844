namespace Matrixd.Config;

/// <summary>The rules of what may be defined where, and how often.</summary>
/// <remarks>
/// Source: https://toml.io/en/v1.0.0#table. A table is defined once: by its header, by dotted keys, or inline. A header may pass through anything but an inline
/// table or a bracketed array, and ends at a table that nothing has defined yet. Dotted keys may only add to tables that no header has defined.
/// </remarks>
internal sealed class TomlTables(TomlCursor cursor)
{
    /// <summary><c>[a.b]</c></summary>
    public TomlTable OpenTable(TomlTable root, List<TomlKeyPart> path, TomlPosition header)
    {
        TomlTable parent = WalkHeader(root, path, header);
        TomlKeyPart last = path[^1];
        if (!parent.TryGet(last.Name, out TomlEntry? entry))
        {
            return AddTable(parent, last, header, TomlTableOrigin.Header);
        }

        if (entry.Value is TomlTable { Origin: TomlTableOrigin.Implicit } table)
        {
            table.Origin = TomlTableOrigin.Header;
            return table;
        }

        throw entry.Value is TomlArray { OfTables: true }
            ? cursor.ErrorAt(last.Position, $"'{last.Name}' is an array of tables", $"write [[{last.Name}]]")
            : Twice(last, entry);
    }

    /// <summary><c>[[a.b]]</c></summary>
    public TomlTable OpenArrayTable(TomlTable root, List<TomlKeyPart> path, TomlPosition header)
    {
        TomlTable parent = WalkHeader(root, path, header);
        TomlKeyPart last = path[^1];
        TomlArray array;
        if (!parent.TryGet(last.Name, out TomlEntry? entry))
        {
            array = new TomlArray(header, Deeper(parent.Depth, last.Position), ofTables: true);
            parent.Add(last.Name, last.Position, array);
        }
        else
        {
            array = entry.Value is TomlArray { OfTables: true } existing ? existing : throw Twice(last, entry);
        }

        var table = new TomlTable(header, Deeper(array.Depth, last.Position), TomlTableOrigin.Header);
        array.Add(table);
        return table;
    }

    /// <summary>The table that holds the last part of a dotted key.</summary>
    public TomlTable WalkDotted(TomlTable start, List<TomlKeyPart> path)
    {
        TomlTable table = start;
        foreach (TomlKeyPart part in path.Take(path.Count - 1))
        {
            if (!table.TryGet(part.Name, out TomlEntry? entry))
            {
                table = AddTable(table, part, part.Position, TomlTableOrigin.Dotted);
                continue;
            }

            if (entry.Value is not TomlTable { Origin: TomlTableOrigin.Implicit or TomlTableOrigin.Dotted } next)
            {
                throw Twice(part, entry);
            }

            next.Origin = TomlTableOrigin.Dotted;
            table = next;
        }

        return table;
    }

    public void RequireNew(TomlTable table, TomlKeyPart key)
    {
        if (table.TryGet(key.Name, out TomlEntry? entry))
        {
            throw Twice(key, entry);
        }
    }

    /// <summary>One level below a container of this depth.</summary>
    public int Deeper(int depth, TomlPosition at) =>
        depth < TomlLimits.MaxDepth ? depth + 1 : throw cursor.ErrorAt(at, $"tables and arrays nest deeper than {TomlLimits.MaxDepth}");

    private TomlTable WalkHeader(TomlTable root, List<TomlKeyPart> path, TomlPosition header)
    {
        TomlTable table = root;
        foreach (TomlKeyPart part in path.Take(path.Count - 1))
        {
            if (!table.TryGet(part.Name, out TomlEntry? entry))
            {
                table = AddTable(table, part, header, TomlTableOrigin.Implicit);
                continue;
            }

            table = entry.Value switch
            {
                TomlTable next when next.Origin != TomlTableOrigin.Inline => next,
                TomlArray { OfTables: true } array => (TomlTable)array.Items[^1],
                _ => throw Twice(part, entry),
            };
        }

        return table;
    }

    private TomlTable AddTable(TomlTable parent, TomlKeyPart key, TomlPosition position, TomlTableOrigin origin)
    {
        var table = new TomlTable(position, Deeper(parent.Depth, key.Position), origin);
        parent.Add(key.Name, key.Position, table);
        return table;
    }

    private TomlException Twice(TomlKeyPart key, TomlEntry first) =>
        cursor.ErrorAt(key.Position, $"'{key.Name}' is already defined in line {first.KeyPosition.Line}", "keep one of the two");
}
