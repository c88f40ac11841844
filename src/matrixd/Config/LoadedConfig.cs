namespace Matrixd.Config;

/// <summary>A configuration that can be used, with what is worth telling about it.</summary>
/// <param name="Values">Every key with its value in force, defaults too, for <see cref="ConfigDiff"/>.</param>
internal sealed record LoadedConfig(DaemonConfig Config, IReadOnlyList<ConfigProblem> Warnings, IReadOnlyList<ConfigValue> Values);
