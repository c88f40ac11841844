using System.Text.Json;
using Matrixd.Models;

namespace Matrixd.Simulation;

/// <summary>What the simulated model needs to know of a setup that it has taken.</summary>
internal sealed record GeminiSetup
{
    /// <summary>As sent: <c>models/…</c>.</summary>
    public required string Model { get; init; }

    /// <summary>Null: nobody knows the model.</summary>
    public required ModelQuirks? Quirks { get; init; }

    /// <summary>False: the client marks the caller's turns itself.</summary>
    public bool DetectsActivity { get; init; } = true;

    /// <summary>Silence that ends the caller's turn; the API's default is about this.</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromMilliseconds(700);

    /// <summary>The caller's voice stops the model's.</summary>
    public bool Interrupts { get; init; } = true;

    public bool TranscribesInput { get; init; }

    public bool TranscribesOutput { get; init; }

    /// <summary>Handles are wanted.</summary>
    public bool Resumable { get; init; }

    /// <summary>The session to take up; null: a new one.</summary>
    public string? Handle { get; init; }

    public static GeminiSetup Read(JsonElement setup)
    {
        JsonElement detection = At(setup, "realtimeInputConfig", "automaticActivityDetection");
        JsonElement silence = At(detection, "silenceDurationMs");
        JsonElement handle = At(setup, "sessionResumption", "handle");
        string model = setup.TryGetProperty("model", out JsonElement name) && name.ValueKind == JsonValueKind.String ? name.GetString()! : "";
        GeminiSetup plain = new() { Model = model, Quirks = ModelQuirks.InService(model) };
        return plain with
        {
            DetectsActivity = At(detection, "disabled").ValueKind != JsonValueKind.True,
            Silence = silence.ValueKind == JsonValueKind.Number && silence.TryGetInt32(out int ms) && ms > 0 ? TimeSpan.FromMilliseconds(ms) : plain.Silence,
            Interrupts = !IsText(At(setup, "realtimeInputConfig", "activityHandling"), "NO_INTERRUPTION"),
            TranscribesInput = At(setup, "inputAudioTranscription").ValueKind == JsonValueKind.Object,
            TranscribesOutput = At(setup, "outputAudioTranscription").ValueKind == JsonValueKind.Object,
            Resumable = At(setup, "sessionResumption").ValueKind == JsonValueKind.Object,
            Handle = handle.ValueKind == JsonValueKind.String ? handle.GetString() : null,
        };
    }

    /// <summary>Walks down by name; an undefined element where the way ends.</summary>
    public static JsonElement At(JsonElement from, params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            if (from.ValueKind != JsonValueKind.Object || !from.TryGetProperty(name, out from))
            {
                return default;
            }
        }

        return from;
    }

    private static bool IsText(JsonElement element, string text) => element.ValueKind == JsonValueKind.String && element.ValueEquals(text);
}
