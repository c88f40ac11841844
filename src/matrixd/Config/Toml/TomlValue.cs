namespace Matrixd.Config;

/// <summary>One value of a document, with the place where it begins.</summary>
/// <remarks>Grows while the document is read and is never changed after; then any thread may read it.</remarks>
internal abstract class TomlValue(TomlKind kind, TomlPosition position)
{
    public TomlKind Kind { get; } = kind;

    public TomlPosition Position { get; } = position;
}

/// <summary>Text, number, boolean or date.</summary>
/// <param name="value">string, long, double, bool, DateTimeOffset, DateTime, DateOnly or TimeOnly, as the kind says; fractions of a second beyond 100 ns are cut.</param>
internal sealed class TomlScalar(TomlKind kind, TomlPosition position, object value) : TomlValue(kind, position)
{
    public object Value { get; } = value;
}
