using System.Text.Json;

namespace Matrixd.Config;

/// <summary><c>matrixd check</c>: reads a configuration, says what it thinks of it, and ends.</summary>
internal static class CheckCommand
{
    public const int Good = 0;
    public const int Bad = 2;

    /// <param name="configPath">The configuration that is in force.</param>
    /// <param name="diffPath">Another one, to be held against it; null: none.</param>
    /// <returns>The exit code.</returns>
    public static int Run(string configPath, string? diffPath, bool json, TextWriter stdout, TextWriter stderr) =>
        Run(configPath, diffPath, json, stdout, stderr, new SystemConfigEnvironment());

    internal static int Run(string configPath, string? diffPath, bool json, TextWriter stdout, TextWriter stderr, IConfigEnvironment environment)
    {
        CheckReport report = Report(configPath, diffPath, environment);
        if (json)
        {
            stdout.WriteLine(JsonSerializer.Serialize(report, CheckJson.Readable.CheckReport));
        }
        else
        {
            Print(report, diffPath, stdout, stderr);
        }

        return report.Ok ? Good : Bad;
    }

    private static CheckReport Report(string configPath, string? diffPath, IConfigEnvironment environment)
    {
        List<ConfigProblem> errors = [];
        List<ConfigProblem> warnings = [];
        LoadedConfig? config = Read(configPath, environment, errors, warnings);
        LoadedConfig? other = diffPath is null ? null : Read(diffPath, environment, errors, warnings);
        return new CheckReport
        {
            Ok = errors.Count == 0,
            File = configPath,
            Agents = config?.Config.Agents.Count ?? 0,
            Tools = config?.Config.Tools.Count ?? 0,
            Numbers = config?.Config.Agents.Sum(a => a.Numbers.Count) ?? 0,
            Errors = errors,
            Warnings = warnings,
            Changes = config is null || other is null ? null : ConfigDiff.Between(config, other),
        };
    }

    private static LoadedConfig? Read(string path, IConfigEnvironment environment, List<ConfigProblem> errors, List<ConfigProblem> warnings)
    {
        try
        {
            LoadedConfig config = ConfigReader.Read(path, environment);
            warnings.AddRange(config.Warnings);
            return config;
        }
        catch (ConfigException e)
        {
            errors.AddRange(e.Errors);
            warnings.AddRange(e.Warnings);
            return null;
        }
    }

    private static void Print(CheckReport report, string? diffPath, TextWriter stdout, TextWriter stderr)
    {
        foreach (ConfigProblem error in report.Errors)
        {
            stderr.WriteLine(error);
        }

        foreach (ConfigProblem warning in report.Warnings)
        {
            stderr.WriteLine($"warning: {warning}");
        }

        if (!report.Ok)
        {
            stderr.WriteLine($"FAILED: {string.Join(", ", report.Errors.Select(e => e.File).Distinct())} ({Count(report.Errors.Count, "error")})");
            return;
        }

        stdout.WriteLine($"OK: {report.File} ({Count(report.Agents, "agent")}, {Count(report.Tools, "tool")}, {Count(report.Numbers, "number")})");
        foreach (ConfigChange change in report.Changes ?? [])
        {
            stdout.WriteLine(change);
        }

        if (report.Changes is { Count: 0 })
        {
            stdout.WriteLine($"{diffPath} says the same");
        }
    }

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";
}
