namespace Matrixd.Config;

/// <summary>A configuration that cannot be used: all that is wrong with it, one problem a line.</summary>
internal sealed class ConfigException(IReadOnlyList<ConfigProblem> errors, IReadOnlyList<ConfigProblem> warnings)
    : Exception(string.Join('\n', errors))
{
    /// <summary>In the order of the file; never empty.</summary>
    public IReadOnlyList<ConfigProblem> Errors { get; } = errors;

    public IReadOnlyList<ConfigProblem> Warnings { get; } = warnings;
}
