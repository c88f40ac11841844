namespace Matrixd.Config;

/// <summary>An array: one written in brackets, or the tables of <c>[[name]]</c>.</summary>
internal sealed class TomlArray(TomlPosition position, int depth, bool ofTables) : TomlValue(TomlKind.Array, position)
{
    private readonly List<TomlValue> _items = [];

    public IReadOnlyList<TomlValue> Items => _items;

    /// <summary>Made by <c>[[name]]</c>; only such a one can grow later.</summary>
    public bool OfTables { get; } = ofTables;

    /// <summary>Containers around this one.</summary>
    public int Depth { get; } = depth;

    internal void Add(TomlValue item) => _items.Add(item);
}
