using System.Diagnostics.CodeAnalysis;

namespace Matrixd.Config;

/// <summary>A table; entries keep the order of the file.</summary>
internal sealed class TomlTable(TomlPosition position, int depth, TomlTableOrigin origin) : TomlValue(TomlKind.Table, position)
{
    private readonly List<TomlEntry> _entries = [];
    private readonly Dictionary<string, int> _index = new(StringComparer.Ordinal);

    public IReadOnlyList<TomlEntry> Entries => _entries;

    /// <summary>Containers around this one.</summary>
    public int Depth { get; } = depth;

    /// <summary>Decides what may still be added; see <see cref="TomlTables"/>.</summary>
    public TomlTableOrigin Origin { get; internal set; } = origin;

    public bool TryGet(string key, [NotNullWhen(true)] out TomlEntry? entry)
    {
        entry = _index.TryGetValue(key, out int at) ? _entries[at] : null;
        return entry is not null;
    }

    /// <summary>The key must be new.</summary>
    internal void Add(string key, TomlPosition keyPosition, TomlValue value)
    {
        _index.Add(key, _entries.Count);
        _entries.Add(new TomlEntry(key, keyPosition, value));
    }
}

/// <summary>One key with its value.</summary>
/// <param name="KeyPosition">Where the key stands first; for a table made by a header, in that header.</param>
internal sealed record TomlEntry(string Key, TomlPosition KeyPosition, TomlValue Value);
