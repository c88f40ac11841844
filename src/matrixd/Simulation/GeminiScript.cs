using System.Text.Json;

namespace Matrixd.Simulation;

/// <summary>What a test wants done on one connection. The checks of the API stay on; answers are the script's.</summary>
/// <remarks>Hooks run on the connection's threads, under its lock: they may call its doors, but must not wait.</remarks>
internal sealed class GeminiScript
{
    public delegate void AudioHook(GeminiConnection connection, ReadOnlySpan<short> pcm);

    /// <summary>True: setupComplete goes out only when the test sends it.</summary>
    public bool HoldSetupComplete { get; init; }

    /// <summary>The setup has passed the checks; setupComplete has not gone out.</summary>
    public Action<GeminiConnection, JsonElement>? OnSetup { get; init; }

    /// <summary>setupComplete has gone out.</summary>
    public Action<GeminiConnection>? OnReady { get; init; }

    /// <summary>Caller audio [16 kHz].</summary>
    public AudioHook? OnAudio { get; init; }

    /// <summary>Every message but setup and audio that passed the checks.</summary>
    public Action<GeminiConnection, JsonElement>? OnMessage { get; init; }
}
