using Matrixd.Agents;
using Matrixd.Audio;
using Matrixd.Calls;
using Matrixd.Config;
using Matrixd.Diagnostics;
using Matrixd.Exotel;
using Matrixd.Gemini;
using Matrixd.Memory;
using Matrixd.Server;
using Matrixd.Storage;
using Matrixd.Timing;
using Matrixd.Transport.Loop;
using Microsoft.Extensions.Logging;

namespace Matrixd.Hosting;

/// <summary>The house, built by hand: store, then model side, then calls, then the door to the street.</summary>
/// <remarks>Ends in the opposite order: the door closes first, the store last, so that what a call leaves is written before the process goes.</remarks>
internal sealed partial class Daemon : IAsyncDisposable
{
    // What every known model speaks at [Hz].
    private const int ModelAudioRate = 24_000;

    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _background = [];
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _logger;
    private readonly Database _database;
    private readonly TimerWheel _wheel;
    private readonly WheelDriver? _driver; // null where an event loop drives the wheel
    private readonly EventLoops? _loops;
    private readonly RecordingWriter? _recordings;
    private readonly ToolHttp _toolHttp;
    private readonly GeminiHttp _http;
    private readonly TokenService _tokens;
    private readonly CertificateHolder? _certificate;
    private readonly CallTaps _taps;
    private volatile AgentDirectory _agents;
    private DaemonServer? _server;

    private Daemon(DaemonConfig config, ILoggerFactory loggers, TimeProvider clock)
    {
        _loggers = loggers;
        _logger = loggers.CreateLogger<Daemon>();
        _certificate = config.Server.TlsCertificate.Length == 0 ? null
            : new CertificateHolder(config.Server.TlsCertificate, config.Server.TlsKey, loggers.CreateLogger<CertificateHolder>());
        _database = Database.Open(config.StorePath, clock, loggers.CreateLogger<Database>());
        _wheel = new TimerWheel(clock);
        _loops = config.Server.EventLoop ? EventLoops.Create(Environment.ProcessorCount, _wheel, loggers.CreateLogger<EventLoops>()) : null;
        _driver = _loops is null ? new WheelDriver(_wheel, LogTimerFault) : null;
        CallCounters counters = new();
        if (config.Calls.RecordingDirectory is { Length: > 0 } directory)
        {
            Directory.CreateDirectory(directory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute); // what cannot be written to is found out before the first call
            int repaired = RecordingRepair.Run(directory, _logger);
            LogRepaired(repaired, directory);
            _recordings = new RecordingWriter(directory, clock, counters, loggers.CreateLogger<RecordingWriter>());
        }

        _toolHttp = new ToolHttp(clock);
        _agents = NewDirectory(config);
        _http = new GeminiHttp(config.Gemini, clock);
        _tokens = new TokenService(_http, config.Gemini, new TokenStore(_database), clock, loggers.CreateLogger<TokenService>());
        GeminiCounters gemini = new();
        _taps = new CallTaps(config.Diagnostics, new TapeHead(config.Diagnostics, config.Calls, config.Gemini, VersionCommand.Version), clock, loggers);
        AdmissionHold hold = new(clock);
        GeminiEndpoint endpoint = new(config.Gemini, _tokens, _wheel, gemini, new TappedDialer(new GeminiDialer(_wheel, _loops), _taps))
        {
            OnQuota = time =>
            {
                hold.Hold(time);
                LogHeld(time.TotalSeconds);
            },
        };
        Sessions = new SessionStore(_database);
        Log = new CallLog(_database);
        CallEnvironment environment = new()
        {
            Options = config.Calls,
            Wheel = _wheel,
            Sessions = Sessions,
            Log = Log,
            Models = new GeminiConnector(endpoint, loggers.CreateLogger<GeminiLeg>()),
            Agents = () => _agents,
            Recordings = _recordings,
            Watch = _taps,
            Counters = counters,
            Logger = loggers.CreateLogger<CallSession>(),
        };
        MaxCalls = config.Gemini.MaxSessions > 0 ? Math.Min(config.Calls.MaxCalls, config.Gemini.MaxSessions) : config.Calls.MaxCalls;
        Registry = new CallRegistry(MaxCalls, hold);
        Router = BuildRouter(config, environment, new MetricsPage(Registry, counters, gemini, _tokens, _database, new ExotelCounters(), new ServerCounters(), _taps.Counters), clock);
    }

    public CallRegistry Registry { get; }

    /// <summary>Calls at the same time: what the configuration allows, and no more than Gemini gives sessions for.</summary>
    public int MaxCalls { get; }

    /// <summary>The token registry.</summary>
    public TokenService Tokens => _tokens;

    /// <summary>Addresses it listens on.</summary>
    public IReadOnlyList<string> Addresses => _server!.Addresses;

    public ISessionStore Sessions { get; }

    public ICallLog Log { get; }

    private Router Router { get; }

    /// <summary>Builds everything and serves.</summary>
    /// <exception cref="StorageException">The store cannot be used.</exception>
    /// <exception cref="IOException">An address cannot be bound, or a file not be read.</exception>
    public static async Task<Daemon> StartAsync(DaemonConfig config, ILoggerFactory loggers, TimeProvider clock)
    {
        Daemon daemon = new(config, loggers, clock);
        try
        {
            daemon._driver?.Start();
            daemon._loops?.Start();
            daemon._server = await DaemonServer.StartAsync(
                config.Server, daemon.MaxCalls, daemon._certificate, daemon._loops, daemon.Router.HandleAsync, loggers, daemon._stopping.Token);
            daemon.StartBackground(config, clock);
            daemon.LogServing(VersionCommand.Version, string.Join(' ', daemon.Addresses), daemon.MaxCalls, config.Agents.Count);
            return daemon;
        }
        catch
        {
            await daemon.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes over what a new generation of the configuration may change while calls live: agents, tools and which calls are taped, for new calls.</summary>
    public void Reload(DaemonConfig config)
    {
        _agents = NewDirectory(config);
        _taps.Reload(config.Diagnostics.WireTap);
        _certificate?.ReloadIfChanged();
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        await _stopping.CancelAsync();
        await Task.WhenAll(_background);
        _driver?.Dispose();
        _loops?.Dispose();
        if (_recordings is not null)
        {
            await _recordings.DisposeAsync();
        }

        await _taps.DisposeAsync();
        _tokens.Dispose();
        _toolHttp.Dispose();
        _http.Dispose();
        await _database.DisposeAsync();
        _stopping.Dispose();
    }

    private Router BuildRouter(
        DaemonConfig config, CallEnvironment environment, MetricsPage metrics, TimeProvider clock)
    {
        ClientAddress clients = new(config.Server.TrustedProxies);
        Credentials credentials = new(config.Server, config.Exotel, clients);
        FailureThrottle throttle = new(clock);
        WarmSessions warm = new(new WarmSessionStore(_database), clock, config.Exotel.WarmTtl);
        warm.Restore();
        CallHost host = new(environment, Registry);
        return new Router(
            config.Exotel,
            new StreamRoute(config.Exotel, credentials, clients, throttle, warm, host, metrics.Exotel, metrics.Server, _wheel, _loggers, _taps.Watch),
            new DynamicUrlRoute(config.Server, config.Exotel, credentials, clients, throttle, warm, host, Sessions, metrics.Server, clock),
            new SessionsApi(Sessions, Log, () => _agents, credentials, clock),
            new TapApi(_taps, credentials),
            new StatusRoutes(Registry, credentials, metrics.Render),
            _loggers.CreateLogger<Router>());
    }

    private AgentDirectory NewDirectory(DaemonConfig config) => new(config.Agents, config.Tools, _toolHttp, _loggers.CreateLogger<AgentDirectory>());

    private void StartBackground(DaemonConfig config, TimeProvider clock)
    {
        _background.Add(Task.Run(WarmUpFilters, CancellationToken.None));
        _background.Add(_tokens.RunAsync(_stopping.Token));
        _background.Add(CheckModelAsync(config.Gemini, _stopping.Token));
        _background.Add(HugePages.RunAsync(() => Registry.Slots, clock, _stopping.Token));
        if (_certificate is not null)
        {
            _background.Add(_certificate.RunAsync(clock, _stopping.Token));
        }
    }

    // A filter is designed when it is first asked for, which takes some milliseconds: not in the first call.
    private static void WarmUpFilters()
    {
        foreach (int callerRate in (ReadOnlySpan<int>)[8_000, 16_000, 24_000])
        {
            Resampler.Create(callerRate, Uplink.ModelRate);
            Resampler.Create(ModelAudioRate, callerRate);
        }
    }

    // An unknown model is accepted and then answers with silence: better to hear of it now.
    private async Task CheckModelAsync(GeminiOptions options, CancellationToken stopping)
    {
        try
        {
            await new ModelList(_http, options, _loggers.CreateLogger<ModelList>()).CheckAsync(options.Model, stopping);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the daemon stops
        }
    }

    [LoggerMessage(1701, LogLevel.Information, "matrixd {Version} serves on {Addresses}: at most {MaxCalls} calls, {Agents} agents")]
    private partial void LogServing(string version, string addresses, int maxCalls, int agents);

    [LoggerMessage(1702, LogLevel.Error, "unforeseen fault in a call's timer")]
    private partial void LogTimerFault(Exception e);

    [LoggerMessage(1704, LogLevel.Warning, "Gemini's quota is used up: no new calls for {Seconds:0} s, they get 503")]
    private partial void LogHeld(double seconds);

    [LoggerMessage(1703, LogLevel.Information, "recordings: {Repaired} repaired in {Directory}")]
    private partial void LogRepaired(int repaired, string directory);
}
