using System.Globalization;

namespace Matrixd.Benchmarks;

/// <summary>What a run finds, as it finds it, for people.</summary>
internal sealed class BenchTable(TextWriter output)
{
    public void Head()
    {
        Write($"latency in ms: p50 / p95 / p99 / max. Cost in CPU ms for each second of a call; memory in KiB a call.");
        Write($"{"calls",6} {"cost",7} {"load",7} {"memory",7}  {"caller to Gemini",-26} {"Gemini to caller",-26} {"interrupted to clear",-26} {"heap/frame",10} {"GC p99",7} {"commit",7}");
    }

    public void Step(BenchStep step, string note)
    {
        LoadWindow load = step.Load;
        string daemon = step.Daemon is { } own
            ? string.Create(CultureInfo.InvariantCulture, $"{own.AllocatedBytesPerFrame,8:0.0} B {own.GcPauseP99Ms,7:0.0} {own.CommitMeanMs,7:0.0}")
            : "";
        Write($"{step.Calls,6} {load.CpuMsPerCallSecond,7:0.000} {load.LoadCpuMsPerCallSecond,7:0.000} {step.RssKibPerCall,7:0}  {Times(load.Uplink),-26} {Times(load.Downlink),-26} {Times(load.Clear),-26} {daemon,26}  {note}");
        if (step.LoadLate)
        {
            Write($"       the load itself was late (p99 {load.LoadLag.P99Ms:0.0} ms, {load.LoadCpuSeconds / load.Seconds * 100:0} % of its processor): this says little of what it measured");
        }

        foreach (string broken in step.Breaks)
        {
            Write($"       broken: {broken}");
        }
    }

    public void Pair(BenchPair pair)
    {
        Step(pair.Floor, "floor");
        Step(pair.Daemon, string.Create(CultureInfo.InvariantCulture, $"daemon, {pair.Ratio:0.00} times the floor"));
    }

    /// <summary>What it comes to.</summary>
    public void Verdict(BenchReport report)
    {
        if (report.Pairs.Count > 0)
        {
            Write($"cost at {report.Pairs[0].Daemon.Calls} calls: {report.FloorRatio:0.00} times the floor (pairs: {string.Join(" ", report.Pairs.Select(pair => pair.Ratio.ToString("0.00", CultureInfo.InvariantCulture)))})");
        }

        if (report.Steps.Count == 0)
        {
            return;
        }

        string limit = report.LimitedBy switch
        {
            "load" => "at least: the load could not do more, so this is not the daemon's limit",
            "max" => "at least: the bench was told to stop there",
            _ => "beyond, a caller would notice",
        };
        Write($"calls on one core: {report.CallsPerCore} ({limit})");
        Write($"{report.Machine}, {report.Processors} cores; load average {report.LoadAverage}");
    }

    private static string Times(LatencyFigures times) => times.Count == 0 ? "-"
        : string.Create(CultureInfo.InvariantCulture, $"{times.P50Ms:0.0} / {times.P95Ms:0.0} / {times.P99Ms:0.0} / {times.MaxMs:0.0}");

    private void Write(FormattableString line)
    {
        output.WriteLine(line.ToString(CultureInfo.InvariantCulture));
        output.Flush();
    }
}
