using System.Text.Json;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>What <c>matrixd bench calls</c> measured on this machine and left beside the store.</summary>
/// <param name="CallsPerCore">Calls that one core carries.</param>
internal sealed record MeasuredCalls(double CallsPerCore)
{
    /// <summary>Where nothing was measured.</summary>
    public const int EstimatePerCore = 200;

    private const string FileName = "bench-calls.json";

    // One small object; anything larger is not it.
    private const int MaxBytes = 64 * 1024;

    // Beyond, it is no measurement of calls.
    private const double MostPerCore = 1_000_000;

    public static int Estimate(int processors) => EstimatePerCore * Math.Max(1, processors);

    public int Calls(int processors) => (int)(CallsPerCore * Math.Max(1, processors));

    /// <summary>Null: there is none, or nothing of use in it.</summary>
    public static MeasuredCalls? Read(string storePath)
    {
        string path = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(storePath)) ?? "/", FileName);
        try
        {
            if (new FileInfo(path) is not { Exists: true, Length: <= MaxBytes })
            {
                return null;
            }

            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(path));
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("calls_per_core"u8, out JsonElement calls) && calls.ValueKind == JsonValueKind.Number
                && calls.TryGetDouble(out double perCore) && perCore is >= 1 and <= MostPerCore ? new MeasuredCalls(perCore) : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            return null; // a result that cannot be read is none: the estimate stands in, and says that it is one
        }
    }
}
