using Matrixd.Config;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>The file as the daemon reads it.</summary>
internal static class ConfigCheck
{
    public static CheckResult Run(DoctorSubject subject)
    {
        IReadOnlyList<ConfigProblem> warnings = subject.Loaded?.Warnings ?? [];
        string[] lines = [.. subject.Problems.Select(problem => problem.ToString()), .. warnings.Select(warning => $"warning: {warning}")];
        if (subject.Problems.Count > 0)
        {
            return CheckResult.Broken($"{subject.Path}: {Count(subject.Problems.Count, "error")}, the daemon does not start with it", "mend the lines above; matrixd check says whether it is done") with { Details = lines };
        }

        DaemonConfig config = subject.Config;
        string text = $"{subject.Path}: {Count(config.Agents.Count, "agent")}, {Count(config.Tools.Count, "tool")}, {Count(config.Agents.Sum(agent => agent.Numbers.Count), "number")}";
        return warnings.Count == 0 ? CheckResult.Fine(text) : CheckResult.Note($"{text}; {Count(warnings.Count, "warning")}") with { Details = lines };
    }

    private static string Count(int count, string noun) => $"{count} {noun}{(count == 1 ? "" : "s")}";
}
