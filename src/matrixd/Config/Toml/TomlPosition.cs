namespace Matrixd.Config;

/// <summary>A place in a file, both counted from 1; a column is one Unicode character, whatever its length in bytes.</summary>
internal readonly record struct TomlPosition(int Line, int Column);
