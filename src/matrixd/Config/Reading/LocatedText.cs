namespace Matrixd.Config;

/// <summary>One item of a list with its place; no place: it comes from a default.</summary>
internal sealed record LocatedText(string Text, TomlPosition? Position);
