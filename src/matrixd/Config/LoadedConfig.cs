namespace Matrixd.Config;

/// <summary>A configuration that can be used, with what is worth telling about it.</summary>
/// <param name="Values">Every key with its value in force, defaults too, for <see cref="ConfigDiff"/>.</param>
internal sealed record LoadedConfig(DaemonConfig Config, IReadOnlyList<ConfigProblem> Warnings, IReadOnlyList<ConfigValue> Values)
{
    /// <summary>Every key that may hold a secret.</summary>
    public IReadOnlyList<SecretSource> Secrets { get; init; } = [];

    /// <summary>Where the proxies of <see cref="Config"/> come from; empty: there is none.</summary>
    public string ProxyOrigin { get; init; } = "";
}
