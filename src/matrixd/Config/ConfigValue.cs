namespace Matrixd.Config;

/// <summary>The value of one key that is in force.</summary>
/// <remarks>Holds secrets; its text never shows them.</remarks>
internal sealed class ConfigValue(string path, string shown, string raw)
{
    /// <summary><c>section.key</c>, <c>agent.NAME.key</c>, <c>tool.NAME.key</c>.</summary>
    public string Path { get; } = path;

    /// <summary>Fit for a terminal: secrets and numbers masked.</summary>
    public string Shown { get; } = shown;

    public bool Same(ConfigValue other) => string.Equals(raw, other.Raw, StringComparison.Ordinal);

    public override string ToString() => $"{Path} = {Shown}";

    private string Raw => raw;
}
