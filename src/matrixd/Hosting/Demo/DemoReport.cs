using System.Text.Json.Serialization;
using Matrixd.Server;
using Matrixd.Simulation;

namespace Matrixd.Hosting.Demo;

/// <summary>What came of the demo; <c>call.json</c>.</summary>
/// <param name="Ok">No problem was found.</param>
/// <param name="Problems">What is not as it should be, in words.</param>
/// <param name="BargeInMs">From the first sound of the caller's interjection to silence at the caller's ear.</param>
internal sealed record DemoReport(bool Ok, IReadOnlyList<string> Problems, IReadOnlyList<DemoTurn> Turns, double BargeInMs, CallerReport Caller, SessionView Session)
{
    public double DaemonCpuMsPerSecond { get; init; }

    public double ResidentMib { get; init; }
}

/// <summary>One turn of the model, what it said held against what the caller heard.</summary>
/// <param name="Missing">Samples at its end that were not heard.</param>
/// <param name="StartMs">When its first sample was heard.</param>
/// <param name="Correlation">Of what was heard with what was said, over what was heard; 1: the same.</param>
internal sealed record DemoTurn(int Number, double SaidMs, double HeardMs, double StartMs, int Missing, bool Interrupted, double Correlation);

/// <param name="Said">The caller.</param>
/// <param name="Heard">What the caller's ear got.</param>
/// <param name="Model">What the model said, 24 kHz.</param>
/// <param name="RecordingPath">A copy of the daemon's own recording.</param>
internal sealed record DemoResult(DemoReport Report, short[] Said, short[] Heard, short[] Model, string RecordingPath);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, WriteIndented = true)]
[JsonSerializable(typeof(DemoReport))]
internal sealed partial class DemoJson : JsonSerializerContext;
