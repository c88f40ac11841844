using System.Globalization;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Text.Json;

namespace Matrixd.Simulation.Kernels;

/// <summary><c>matrixd bench kernels</c>: what each audio kernel takes for 20 ms, in this binary on this machine.</summary>
internal static class KernelBenchCommand
{
    private const int DefaultRounds = 300; // half a minute for all kernels, under-runs of a busy machine included
    private const int MostRounds = 100_000;

    public static async Task<int> RunAsync(string[] args, TextWriter stdout)
    {
        int rounds = DefaultRounds;
        string? file = null;
        CommandLine flags = new(args);
        while (flags.Next())
        {
            switch (flags.Flag)
            {
                case "--rounds": rounds = flags.Number(1, MostRounds); break;
                case "--json": file = flags.Text(); break;
                default: throw flags.Unknown();
            }
        }

        IReadOnlyList<KernelFigure> figures = KernelTimer.Measure(KernelCases.Create(), rounds, TimeProvider.System);
        await stdout.WriteAsync(Table(figures));
        if (file is not null)
        {
            await File.WriteAllBytesAsync(file, Json(figures, rounds));
        }

        return 0;
    }

    /// <summary>For people.</summary>
    public static string Table(IReadOnlyList<KernelFigure> figures)
    {
        var text = new System.Text.StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Machine()}\n\n{"20 ms of audio",-34}{"fastest ns",12}{"median ns",12}{"bytes",8}\n");
        foreach (KernelFigure f in figures)
        {
            text.Append(CultureInfo.InvariantCulture, $"{f.Name,-34}{f.FastestNanoseconds,12:F0}{f.MedianNanoseconds,12:F0}{f.AllocatedBytes,8:0.##}\n");
        }

        return text.ToString();
    }

    /// <summary>For programs.</summary>
    public static byte[] Json(IReadOnlyList<KernelFigure> figures, int rounds)
    {
        using MemoryStream text = new();
        using (Utf8JsonWriter writer = new(text, new JsonWriterOptions { Indented = true }))
        {
            writer.WriteStartObject();
            writer.WriteString("machine", Machine());
            writer.WriteNumber("rounds", rounds);
            writer.WriteStartArray("kernels");
            foreach (KernelFigure f in figures)
            {
                writer.WriteStartObject();
                writer.WriteString("kernel", f.Name);
                writer.WriteNumber("block_samples", f.Samples);
                writer.WriteNumber("fastest_ns", Math.Round(f.FastestNanoseconds, 1));
                writer.WriteNumber("median_ns", Math.Round(f.MedianNanoseconds, 1));
                writer.WriteNumber("allocated_bytes", Math.Round(f.AllocatedBytes, 3));
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        return text.ToArray();
    }

    private static string Machine()
    {
        int bits = Vector512.IsHardwareAccelerated ? 512 : Vector256.IsHardwareAccelerated ? 256 : 128;
        string compiled = RuntimeFeature.IsDynamicCodeSupported ? "just-in-time compiled" : "native";
        return $"{Processor()}, {Environment.ProcessorCount} processors, {RuntimeInformation.FrameworkDescription}, {compiled}, {bits}-bit vectors";
    }

    private static string Processor()
    {
        const string Info = "/proc/cpuinfo";
        string? line = File.Exists(Info) ? File.ReadLines(Info).FirstOrDefault(l => l.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
