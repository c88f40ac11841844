namespace Matrixd.Config;

/// <summary>A file that is not TOML 1.0, or is beyond what is read.</summary>
/// <remarks>Neither text quotes the file at length: the bad line may hold a secret.</remarks>
internal sealed class TomlException(string fileName, TomlPosition position, string what, string hint)
    : Exception($"{fileName}:{position.Line}:{position.Column}: {what}{(hint.Length == 0 ? "" : "; " + hint)}")
{
    public string FileName { get; } = fileName;

    public TomlPosition Position { get; } = position;

    public string What { get; } = what;

    /// <summary>What to do; may be empty.</summary>
    public string Hint { get; } = hint;
}
