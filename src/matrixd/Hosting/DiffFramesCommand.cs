using System.Text.Json;
using Matrixd.Diagnostics;
using Matrixd.Simulation;

namespace Matrixd.Hosting;

/// <summary><c>matrixd diff-frames</c>: where the messages of two files differ in shape, whatever was said in them.</summary>
internal static class DiffFramesCommand
{
    private const string Usage = "diff-frames A.jsonl B.jsonl [--json], or diff-frames A.jsonl --against sdk [--json]";

    public static async Task<int> RunAsync(string[] args, TextWriter stdout, TextWriter stderr)
    {
        string[] files = [.. args.TakeWhile(arg => !arg.StartsWith("--", StringComparison.Ordinal))];
        bool json = false;
        bool againstSdk = false;
        CommandLine flags = new(args[files.Length..]);
        while (flags.Next())
        {
            switch (flags.Flag)
            {
                case "--json": json = true; break;
                case "--against": againstSdk = flags.Text() is "sdk" ? true : throw new CommandUsageException("--against takes sdk"); break;
                default: throw flags.Unknown();
            }
        }

        if (files.Length != (againstSdk ? 1 : 2))
        {
            throw new CommandUsageException(Usage);
        }

        try
        {
            IReadOnlyList<FrameDifference> differences = FrameDiff.Between(FrameFile.Read(files[0]), againstSdk ? FrameFile.ReadSdk() : FrameFile.Read(files[1]));
            FrameReport report = Report(files[0], againstSdk ? "sdk" : files[1], againstSdk ? KnownDifferences.Explain(differences) : differences);
            await (json ? stdout.WriteLineAsync(JsonSerializer.Serialize(report, FrameJson.Default.FrameReport)) : WriteAsync(report, stdout));
            return report.Same ? Commands.Done : Commands.Failed;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            await stderr.WriteLineAsync($"matrixd: {e.Message}");
            return Commands.Failed;
        }
    }

    private static FrameReport Report(string a, string b, IReadOnlyList<FrameDifference> differences) => new(a, b, differences.All(difference => difference.Why is not null), differences);

    private static async Task WriteAsync(FrameReport report, TextWriter stdout)
    {
        foreach (FrameDifference difference in report.Differences.Where(difference => difference.Why is null || difference.Kind != "only_in_b"))
        {
            string parts = difference switch
            {
                { Kind: "only_in_a" } => $"only in {report.A}: {difference.A}",
                { Kind: "only_in_b" } => $"only in {report.B}: {difference.B}",
                _ => $"{difference.A} | {difference.B}",
            };
            await stdout.WriteLineAsync($"{(difference.Why is null ? "≠" : "·")} {difference.Side,-11} {difference.Kind,-9} {difference.Path}  {parts}");
            if (difference.Why is { } why)
            {
                await stdout.WriteLineAsync($"    known: {why}");
            }
        }

        int unused = report.Differences.Count(difference => difference is { Kind: "only_in_b", Why: not null });
        if (unused > 0)
        {
            await stdout.WriteLineAsync($"{unused} fields that only {report.B} has are not shown: --json lists them");
        }

        await stdout.WriteLineAsync(report.Same ? "no difference in shape that is not known" : $"{report.Differences.Count(difference => difference.Why is null)} differences in shape");
    }
}
