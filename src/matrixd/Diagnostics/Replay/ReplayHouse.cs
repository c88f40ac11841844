using Matrixd.Calls;
using Matrixd.Exotel;
using Matrixd.Gemini;
using Matrixd.Timing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Matrixd.Diagnostics;

/// <summary>The rooms of a replayed call, built as the daemon builds them: the same legs, session, playout and recording, on another clock and without sockets.</summary>
internal sealed class ReplayHouse : IAsyncDisposable
{
    private readonly GeminiHttp _http;
    private readonly TokenService _tokens;

    public ReplayHouse(TapeContent tape, ReplayRequest request, VirtualClock clock, IGeminiDialer dialer)
    {
        Wheel = new TimerWheel(clock);
        Agent = new ReplayAgent(tape, clock, request.Apology);
        GeminiOptions gemini = new()
        {
            ApiKey = "of-a-replay",
            Model = tape.Model.Length > 0 ? tape.Model : new GeminiOptions { ApiKey = "" }.Model,
            CloseTimeout = tape.Setting(TapeSettings.CloseTimeout, TimeSpan.FromSeconds(2)),
        };
        ReplayTokens tokens = new(clock);
        _http = new GeminiHttp(gemini, clock, tokens);
        _tokens = new TokenService(_http, gemini, tokens, clock, NullLogger<TokenService>.Instance, new Random(1)); // its jitter is the same in every replay
        GeminiEndpoint endpoint = new(gemini, _tokens, Wheel, new GeminiCounters(), dialer) { Random = new Random(1).NextDouble };
        CallsOptions calls = Settings(tape);
        if (request.OutDirectory.Length > 0)
        {
            Recordings = new RecordingWriter(Path.Combine(request.OutDirectory, ".recording"), clock, Counters, NullLogger<RecordingWriter>.Instance);
        }

        CallEnvironment environment = new()
        {
            Options = calls,
            Wheel = Wheel,
            Sessions = Store,
            Log = Store,
            Models = new GeminiConnector(endpoint, NullLogger<GeminiLeg>.Instance),
            Agents = () => Agent,
            Recordings = Recordings,
            Counters = Counters,
            Logger = NullLogger<CallSession>.Instance,
        };
        Host = new CallHost(environment, new CallRegistry(1));
    }

    public TimerWheel Wheel { get; }

    public ReplayStore Store { get; } = new();

    public ReplayAgent Agent { get; }

    public CallCounters Counters { get; } = new();

    public RecordingWriter? Recordings { get; }

    public CallHost Host { get; }

    /// <summary>The caller's end, on a link of the replay's.</summary>
    public ExotelLeg Caller(ReplayLink link) => new(
        link, new ExotelOptions(), Host, new ExotelAdmission(null, () => { }), new ExotelCounters(), Wheel, NullLogger<ExotelLeg>.Instance);

    public async ValueTask DisposeAsync()
    {
        if (Recordings is not null)
        {
            await Recordings.DisposeAsync();
        }

        _tokens.Dispose();
        _http.Dispose();
    }

    // As the daemon had them that made the tape.
    private static CallsOptions Settings(TapeContent tape)
    {
        CallsOptions usual = new() { MaxCalls = 1 };
        return usual with
        {
            CallMax = tape.Setting(TapeSettings.CallMax, usual.CallMax),
            MediaIdle = tape.Setting(TapeSettings.MediaIdle, usual.MediaIdle),
            CloseTimeout = tape.Setting(TapeSettings.CloseTimeout, usual.CloseTimeout),
            ModelReadyTimeout = tape.Setting(TapeSettings.ModelReadyTimeout, usual.ModelReadyTimeout),
            RotateAfter = tape.Setting(TapeSettings.RotateAfter, usual.RotateAfter),
            OutboundLead = tape.Setting(TapeSettings.OutboundLead, usual.OutboundLead),
            UplinkFrame = tape.Setting(TapeSettings.UplinkFrame, usual.UplinkFrame),
            UplinkBuffer = tape.Setting(TapeSettings.UplinkBuffer, usual.UplinkBuffer),
        };
    }
}
