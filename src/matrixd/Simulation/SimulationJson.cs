using System.Text.Json.Serialization;

namespace Matrixd.Simulation;

/// <summary>JSON of the simulators' figures.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(CallSummary))]
internal sealed partial class SimulationJson : JsonSerializerContext;
