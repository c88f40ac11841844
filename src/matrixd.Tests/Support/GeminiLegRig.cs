using Matrixd.Calls;
using Matrixd.Gemini;
using Matrixd.Simulation;
using Microsoft.Extensions.Logging;
using SimulatedConnection = Matrixd.Simulation.GeminiConnection;

namespace Matrixd.Tests.Support;

/// <summary>A model leg on a real socket to a simulated Gemini, and a sink that keeps what it was told.</summary>
internal sealed class GeminiLegRig : IModelSink, IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly List<string> _told = [];
    private readonly TransportWheel _wheel = new();
    private readonly GeminiHttp _http;
    private readonly TokenService _tokens;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Task _refreshing;

    private GeminiLegRig(GeminiSimulator simulator, Uri? baseUrl, IGeminiDialer? dialer)
    {
        Simulator = simulator;
        GeminiOptions options = new() { ApiKey = "test-key", BaseUrl = baseUrl ?? new Uri(simulator.BaseUrl) };
        _http = new GeminiHttp(options, TimeProvider.System);
        _tokens = new TokenService(_http, options, new GeminiTokenShelf(), TimeProvider.System, Loggers.CreateLogger<TokenService>());
        _refreshing = _tokens.RunAsync(_stopping.Token);
        Leg = new GeminiLeg(CallSid.Parse("call-1"), this, new GeminiEndpoint(options, _tokens, _wheel.Wheel, Counters, dialer), Loggers.CreateLogger<GeminiLeg>());
    }

    public GeminiSimulator Simulator { get; }

    public GeminiLeg Leg { get; }

    public GeminiCounters Counters { get; } = new();

    public ListLoggers Loggers { get; } = new();

    public IReadOnlyList<string> Told
    {
        get
        {
            lock (_gate)
            {
                return [.. _told];
            }
        }
    }

    public static ModelSetup Setup { get; } = new() { Instruction = "You answer the phone." };

    /// <param name="baseUrl">Instead of the simulator's.</param>
    /// <param name="dialer">Instead of the network.</param>
    public static async Task<GeminiLegRig> BuildAsync(GeminiSimulatorOptions? options = null, Uri? baseUrl = null, IGeminiDialer? dialer = null) =>
        new(await GeminiSimulator.StartAsync(options ?? new GeminiSimulatorOptions { Voice = GeminiVoice.Scripted }), baseUrl, dialer);

    /// <summary>A leg whose setup is complete, and the simulator's side of it.</summary>
    public async Task<SimulatedConnection> ReadyAsync()
    {
        Leg.Connect();
        Leg.Begin(Setup);
        await ToldAsync("ready");
        return await Simulator.ConnectionAsync(0);
    }

    public Task ToldAsync(string what) => Eventually.TrueAsync(() => Told.Any(told => told.StartsWith(what, StringComparison.Ordinal)), $"the session is told: {what}");

    public Task ClosedAsync() => Leg.Closed.WaitAsync(TimeSpan.FromSeconds(20));

    public void OnModelReady(string model) => Tell($"ready {model}");

    public void OnModelAway(ModelAbsence absence) => Tell($"gone {absence.Cause} {absence.Detail}");

    public Task OnFreshSessionAsync()
    {
        Tell("fresh");
        return Task.CompletedTask;
    }

    public void OnModelBack(ModelReturn back) => Tell($"back {(back.IsFresh ? "fresh" : "resumed")} {back.Attempts}");

    public void OnModelEvent(ModelEventKind kind, string detail) => Tell($"event {kind.Word()}");

    public void OnModelAudio(ReadOnlySpan<byte> pcm, int sampleRate) => Tell($"audio {pcm.Length}");

    public void OnModelInterrupted() => Tell("interrupted");

    public void OnModelGenerationComplete() => Tell("generated");

    public void OnModelTurnComplete(TurnNote note = TurnNote.None) => Tell(note == TurnNote.None ? "turn" : $"turn {note}");

    public void OnCallerTranscript(ReadOnlySpan<char> text) => Tell($"heard {text}");

    public void OnModelTranscript(ReadOnlySpan<char> text) => Tell($"said {text}");

    public void OnToolCall(ToolCall call) => Tell($"tool {call.Id} {call.Name}");

    public void OnToolCallCancelled(string id) => Tell($"cancel {id}");

    public void OnModelUsage(long promptTokens, long responseTokens)
    {
    }

    public void OnModelGoAway(TimeSpan timeLeft) => Tell("away");

    public void OnModelHandle(string handle)
    {
        Handle = handle;
        HandleCount++;
    }

    /// <summary>The latest handle that was told.</summary>
    public string Handle { get; private set; } = "";

    public int HandleCount { get; private set; }

    public void OnModelBatchEnd()
    {
    }

    public void OnModelClosed(ModelEnding ending) => Tell($"closed {ending.Reason.Word()}");

    public async ValueTask DisposeAsync()
    {
        Leg.Close();
        await ClosedAsync();
        await _stopping.CancelAsync();
        await _refreshing;
        _stopping.Dispose();
        await Simulator.DisposeAsync();
        _wheel.Dispose();
        _tokens.Dispose();
        _http.Dispose();
    }

    private void Tell(string what)
    {
        lock (_gate)
        {
            _told.Add(what);
        }
    }
}
