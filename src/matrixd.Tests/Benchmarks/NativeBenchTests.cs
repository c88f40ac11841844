using System.Text.Json;
using Matrixd.Benchmarks;
using Matrixd.Config;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Benchmarks;

/// <summary>The bench as an operator runs it, short: counts, never times, which are the machine's.</summary>
public class NativeBenchTests
{
    [NativeFact]
    public async Task A_few_calls_are_measured_from_end_to_end_and_the_result_is_kept()
    {
        string directory = Directory.CreateTempSubdirectory("matrixd-bench-test-").FullName;
        try
        {
            string json = Path.Combine(directory, "report.json");
            string svg = Path.Combine(directory, "plot.svg");
            await using EndToEndNative bench = EndToEndNative.Start(
                "bench", "calls", "--at", "3", "--max", "3", "--seconds", "2", "--json", json, "--svg", svg, "--state", directory);
            await Eventually.TrueAsync(() => bench.HasExited, "the bench ends", TimeSpan.FromMinutes(3));
            await bench.ExitAsync();

            Assert.True(File.Exists(json), bench.Stdout + bench.Stderr);
            BenchReport report = JsonSerializer.Deserialize(await File.ReadAllTextAsync(json), BenchJson.Indented.BenchReport)!;
            LoadWindow load = Assert.Single(report.Steps).Load;
            Assert.Equal(3, load.Calls);
            Assert.InRange(load.FramesSent, 3, 3 * 50 * 60);
            Assert.True(load.FramesHeard > 0, "caller audio came to Gemini");
            Assert.Equal((0, 0, 0, 0), (load.CallsLost, load.Misaligned, load.ChunkViolations, load.BytesAfterClear));
            Assert.True(load.CpuSeconds > 0 && load.LoadCpuSeconds > 0 && load.RssKib > 0);
            Assert.StartsWith("<svg ", await File.ReadAllTextAsync(svg), StringComparison.Ordinal);

            // On a machine too busy for three calls nothing is kept; else the daemon can read it.
            string kept = Path.Combine(directory, MeasuredCapacity.FileName);
            Assert.Equal(report.CallsPerCore > 0, File.Exists(kept));
            if (report.CallsPerCore > 0)
            {
                Assert.Equal(Math.Max(1, (int)(3 * Environment.ProcessorCount * 0.7)), MeasuredCapacity.DefaultCalls(Path.Combine(directory, "matrixd.db"), new SystemConfigEnvironment()));
            }
        }
        finally
        {
            Directory.Delete(directory, recursive: true);
        }
    }
}
