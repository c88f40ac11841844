using System.Net;
using Matrixd.Timing;
using Matrixd.Transport;

namespace Matrixd.Simulation;

/// <summary>How a simulated Gemini behaves. The defaults are what the real one does, as far as it is known.</summary>
internal sealed record GeminiSimulatorOptions
{
    /// <summary>Port 0: any free one.</summary>
    public IPEndPoint Listen { get; init; } = new(IPAddress.Loopback, 0);

    /// <summary>TLS with a certificate made for the occasion; offers h2 and http/1.1, as Google's front end does.</summary>
    public bool Tls { get; init; }

    /// <summary>Also the camelCase that the official SDKs send, and tokens that carry a setup.</summary>
    public bool AcceptSdk { get; init; }

    /// <summary>Realtime input during a blocking tool call closes 1008.</summary>
    public bool StrictTools { get; init; }

    /// <summary>The one good API key; empty: any.</summary>
    public string ApiKey { get; init; } = "";

    public GeminiVoice Voice { get; init; }

    /// <summary>For <see cref="GeminiVoice.File"/> [24 kHz].</summary>
    public ReadOnlyMemory<short> VoicePcm { get; init; }

    public IReadOnlyList<GeminiToolCall> ToolCalls { get; init; } = [];

    public IReadOnlyList<FaultSpec> Faults { get; init; } = [];

    /// <summary>Audio comes so many times faster than it plays; 0: a turn comes all at once.</summary>
    public double SpeedFactor { get; init; } = 4;

    public UnknownModelAnswer UnknownModel { get; init; }

    /// <summary>Before the bare close.</summary>
    public TimeSpan UnknownModelSilence { get; init; } = TimeSpan.FromSeconds(2);

    public TimeSpan ConnectionLife { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>goAway comes so long before the end.</summary>
    public TimeSpan GoAwayNotice { get; init; } = TimeSpan.FromSeconds(50);

    /// <summary>Sessions open at once; beyond: 1011 with the quota text. 0: no cap.</summary>
    public int MaxSessions { get; init; }

    /// <summary>Connections, messages and audio are kept for tests; a load run keeps nothing.</summary>
    public bool Remember { get; init; } = true;

    /// <summary>For <see cref="GeminiVoice.Scripted"/>: the script of the connection with this index.</summary>
    public Func<int, GeminiScript>? Script { get; init; }

    /// <summary>Answers a REST request in the simulator's place; null from it: the simulator answers.</summary>
    public Func<GeminiRequest, GeminiAnswer?>? OnRest { get; init; }

    /// <summary>A wheel with virtual time; null: one of its own.</summary>
    public TimerWheel? Wheel { get; init; }

    /// <summary>Told one line for each connection that opens or ends.</summary>
    public Action<string>? Report { get; init; }

    /// <summary>What a connection may cost. Google takes large setups: a message may have 4 MiB.</summary>
    public WebSocketLimits Limits { get; init; } = new() { MaxMessageBytes = 4 * 1024 * 1024, SendQueueBytes = 8 * 1024 * 1024 };

    /// <summary>Without the API key.</summary>
    public override string ToString() => $"a simulated Gemini on {Listen}";
}
