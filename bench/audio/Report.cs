using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text;

namespace Matrixd.Bench.Audio;

/// <summary>The table, in Markdown.</summary>
internal static class Report
{
    public static string Table(IReadOnlyList<Candidate> candidates, IReadOnlyList<(Conversion Conversion, Quality[] Qualities, Speed[] Speeds)> results)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Machine()}\n");
        foreach ((Conversion conversion, Quality[] qualities, Speed[] speeds) in results)
        {
            string folded = conversion.IsUp ? "worst image" : "worst alias";
            text.Append(CultureInfo.InvariantCulture, $"\n| {conversion} | ns for 20 ms: fastest (median) | latency | at 3.4 kHz | {folded} | THD+N |\n| --- | --- | --- | --- | --- | --- |\n");
            for (int i = 0; i < candidates.Count; i++)
            {
                (Quality q, Speed s) = (qualities[i], speeds[i]);
                string name = candidates[i].Name == "matrixd.Audio" ? "**matrixd.Audio**" : candidates[i].Name;
                text.Append(CultureInfo.InvariantCulture,
                    $"| {name} | {s.FastestNs:F0} ({s.MedianNs:F0}) | {q.LatencyMs:F1} ms | {Math.Round(q.EdgeDb, 2) + 0.0:0.00} dB | {q.FoldedDb:F0} dB | {q.DistortionDb:F1} dB |\n");
            }
        }

        return text.ToString();
    }

    private static string Machine()
    {
        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        string compiled = RuntimeFeature.IsDynamicCodeSupported ? "just-in-time compiled" : "native";
        string processor = File.ReadLines("/proc/cpuinfo").FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim() ?? "unknown";
        string load = File.ReadAllText("/proc/loadavg").Split(' ')[0];
        return $"{processor}, {Environment.ProcessorCount} processors, load {load}; {RuntimeInformation.FrameworkDescription}, {compiled}, {bits}-bit vectors; {RuntimeInformation.OSDescription}.";
    }
}
