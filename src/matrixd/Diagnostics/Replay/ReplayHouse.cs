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
            CloseTimeout = tape.Settings.CloseTimeout,
        };
        ReplayTokens tokens = new(clock);
        _http = new GeminiHttp(gemini, clock, tokens);
        _tokens = new TokenService(_http, gemini, tokens, clock, NullLogger<TokenService>.Instance, new Random(1)); // its jitter is the same in every replay
        GeminiEndpoint endpoint = new(gemini, _tokens, Wheel, new GeminiCounters(), dialer) { Random = new Random(1).NextDouble };
        if (request.OutDirectory.Length > 0)
        {
            Recordings = new RecordingWriter(Path.Combine(request.OutDirectory, ".recording"), clock, Counters, NullLogger<RecordingWriter>.Instance);
        }

        CallEnvironment environment = new()
        {
            Options = tape.Settings,
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
}
