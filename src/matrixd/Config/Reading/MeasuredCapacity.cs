using System.Text;
using System.Text.Json;

namespace Matrixd.Config;

/// <summary>What <c>bench calls</c> measured on this machine, for <c>max_calls = 0</c>.</summary>
/// <remarks>A file that is missing, broken or of another machine says nothing: the daemon starts with its own guess.</remarks>
internal static class MeasuredCapacity
{
    /// <summary>Stands beside the database.</summary>
    public const string FileName = "bench-calls.json";

    /// <summary>Where nothing was measured: what one core carries with room to spare.</summary>
    public const int UnmeasuredCallsPerCore = 200;

    // Of what was measured: the rest is for calls that are livelier than the bench's, and for what else the machine does.
    private const double Headroom = 0.7;

    // Some dozen steps of some hundred bytes each, and far more.
    private const int MaxFileBytes = 1024 * 1024;

    // The first processor's lines.
    private const int MaxProcessorBytes = 4096;

    // The fastest machine there is carries a small part of it on one core: beyond, the file was not written by a bench.
    private const int MostCallsPerCore = 50_000;

    /// <summary>Calls at the same time, where the configuration leaves it open.</summary>
    public static int DefaultCalls(string storePath, IConfigEnvironment environment)
    {
        int processors = Math.Max(1, environment.Processors);
        string file = Path.Combine(Path.GetDirectoryName(storePath) ?? "", FileName);
        int measured = Read(environment.Read(file, MaxFileBytes), environment);
        return measured > 0 ? Math.Max(1, (int)(measured * processors * Headroom)) : UnmeasuredCallsPerCore * processors;
    }

    /// <summary>The processor's name, for telling machines apart; empty where the system does not say.</summary>
    public static string MachineName(IConfigEnvironment environment)
    {
        ConfigFile file = environment.Read("/proc/cpuinfo", MaxProcessorBytes);
        string? line = file.Failed ? null : Encoding.UTF8.GetString(file.Bytes).Split('\n').FirstOrDefault(text => text.StartsWith("model name", StringComparison.Ordinal));
        return line is null ? "" : line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..].Trim();
    }

    // Calls per core; 0: the file says nothing.
    private static int Read(ConfigFile file, IConfigEnvironment environment)
    {
        if (file.Failed || file.Truncated)
        {
            return 0;
        }

        try
        {
            using JsonDocument document = JsonDocument.Parse(file.Bytes);
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("calls_per_core"u8, out JsonElement calls) && calls.ValueKind == JsonValueKind.Number && calls.TryGetInt32(out int measured)
                && root.TryGetProperty("machine"u8, out JsonElement machine) && machine.ValueKind == JsonValueKind.String && machine.GetString() == MachineName(environment)
                && measured is > 0 and <= MostCallsPerCore
                    ? measured
                    : 0;
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: half a surrogate pair in a name
        {
            return 0;
        }
    }
}
