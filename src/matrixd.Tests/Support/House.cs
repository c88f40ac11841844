using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Matrixd.Agents;
using Matrixd.Calls;
using Matrixd.Config;
using Matrixd.Exotel;
using Matrixd.Gemini;
using Matrixd.Hosting;
using Matrixd.Server;
using Matrixd.Simulation;
using Matrixd.Storage;
using Matrixd.Timing;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using GeminiConnection = Matrixd.Simulation.GeminiConnection;

namespace Matrixd.Tests.Support;

/// <summary>A whole daemon on real loopback sockets, with a simulated Gemini behind it and a place for callers in front of it.</summary>
internal sealed class House : IAsyncDisposable
{
    public const string BasicUser = "exotel";
    public const string BasicPassword = "correct-horse";
    public const string AdminToken = "admin-token-for-tests";

    private readonly WheelDriver _driver;
    private readonly ListLoggers _loggers;

    private House(string directory, GeminiSimulator gemini, Daemon daemon, DaemonConfig config, ListLoggers loggers)
    {
        Directory = directory;
        Gemini = gemini;
        Daemon = daemon;
        Config = config;
        _loggers = loggers;
        CallerWheel = new TimerWheel(TimeProvider.System);
        _driver = new WheelDriver(CallerWheel, _ => { });
        _driver.Start();
    }

    public string Directory { get; }

    public GeminiSimulator Gemini { get; }

    public Daemon Daemon { get; private set; }

    public DaemonConfig Config { get; }

    public TimerWheel CallerWheel { get; }

    public IReadOnlyList<string> LogLines => _loggers.Lines;

    public static AuthenticationHeaderValue BasicHeader { get; } =
        new("Basic", Convert.ToBase64String(System.Text.Encoding.UTF8.GetBytes($"{BasicUser}:{BasicPassword}")));

    public Uri HttpBase => new(Daemon.Addresses[0]);

    public ILoggerFactory Loggers => _loggers;

    /// <summary>A model that does only what a test tells it, its audio at once.</summary>
    public static GeminiSimulatorOptions Scripted => new() { Voice = GeminiVoice.Scripted, SpeedFactor = 0 };

    /// <summary>As <see cref="Scripted"/>, and whoever loses a connection finds no way back.</summary>
    public static GeminiSimulatorOptions OnlyOnce => Scripted with
    {
        Script = index => index == 0 ? new GeminiScript() : new GeminiScript { OnSetup = (connection, _) => connection.Close(1011, "Internal error encountered.") },
    };

    /// <summary>Does not look for a way back for long.</summary>
    public static DaemonConfig Impatient(DaemonConfig config) => config with { Gemini = config.Gemini with { RecoveryBudget = TimeSpan.Zero } };

    /// <param name="gemini">The simulator's options.</param>
    /// <param name="configure">Changes the configuration that would be used.</param>
    /// <param name="directory">Goes on with the store of an earlier house; null: a fresh one.</param>
    public static async Task<House> BuildAsync(GeminiSimulatorOptions? gemini = null, Func<DaemonConfig, DaemonConfig>? configure = null, string? directory = null)
    {
        directory ??= System.IO.Directory.CreateTempSubdirectory("matrixd-house-").FullName;
        GeminiSimulator simulator = await GeminiSimulator.StartAsync(gemini ?? new GeminiSimulatorOptions());
        DaemonConfig config = Default(directory, simulator);
        config = configure?.Invoke(config) ?? config;
        ListLoggers loggers = new();
        Daemon daemon = await Daemon.StartAsync(config, loggers, TimeProvider.System);
        return new House(directory, simulator, daemon, config, loggers);
    }

    /// <summary>The options of one caller of this house.</summary>
    public CallerOptions Caller(string callSid, short[]? pcm = null, bool scripted = false, int rate = 8000, int frameMs = 20, string path = "") => new()
    {
        Url = new Uri($"ws://{HttpBase.Authority}{(path.Length > 0 ? path : Config.Exotel.StreamPath)}"),
        Basic = path.Length > 0 ? "" : $"{BasicUser}:{BasicPassword}",
        Audio = new CallerAudio(pcm ?? [], rate, frameMs),
        CallSid = callSid,
        StreamSid = "stream-" + Guid.NewGuid().ToString("N"),
        Scripted = scripted,
    };

    public Task<ExotelCaller> CallAsync(CallerOptions options) => ExotelCaller.StartAsync(options, CallerWheel);

    /// <summary>A line that has been let in and has said nothing yet.</summary>
    public Task<EndToEndLine> DialAsync(EndToEndCall call) => EndToEndLine.DialAsync(
        call, HttpBase, call.Path.Length > 0 ? call.Path : Config.Exotel.StreamPath, call.Basic ?? (call.Path.Length > 0 ? "" : $"{BasicUser}:{BasicPassword}"), CallerWheel);

    /// <summary>A line whose stream has started.</summary>
    public async Task<EndToEndLine> LineAsync(EndToEndCall call)
    {
        EndToEndLine line = await DialAsync(call);
        line.Start();
        return line;
    }

    public Task<EndToEndLine> LineAsync(string callSid) => LineAsync(new EndToEndCall(callSid));

    /// <summary>The simulated model's end of the <paramref name="index"/>th connection, once it has taken the setup and said so.</summary>
    public async Task<GeminiConnection> ReadyAsync(int index = 0)
    {
        GeminiConnection connection = await Gemini.ConnectionAsync(index, TimeSpan.FromSeconds(20));
        await connection.Ledger.WaitAsync(() => connection.Ready, "setupComplete", TimeSpan.FromSeconds(20));
        return connection;
    }

    /// <summary>Waits until no socket to the model is open, on either side's count.</summary>
    public async Task NoModelLeftAsync()
    {
        await Eventually.TrueAsync(() => Gemini.Open == 0, "no socket to Gemini is open");
        await MetricAsync("gemini_sockets", 0);
    }

    public async Task<EndToEndMetrics> MetricsAsync()
    {
        using HttpClient http = Http();
        return new EndToEndMetrics(await http.GetStringAsync("/metrics"));
    }

    /// <summary>Waits until a figure on the metrics page is what it should be.</summary>
    public Task MetricAsync(string name, double value) =>
        Eventually.TrueAsync(async () => (await MetricsAsync())[name] == value, $"metric {name} is {value}");

    /// <summary>A scripted caller whose stream has started.</summary>
    public async Task<ExotelCaller> StartedCallAsync(string callSid)
    {
        ExotelCaller caller = await CallAsync(Caller(callSid, scripted: true));
        caller.SendConnected();
        caller.SendStart();
        return caller;
    }

    /// <summary>Reads the rows beside the daemon, as the command line does.</summary>
    public async Task<T> ReadAsync<T>(Func<SessionStore, CallLog, Task<T>> read)
    {
        await using Database database = Database.OpenForReading(Config.StorePath, NullLogger.Instance);
        return await read(new SessionStore(database), new CallLog(database));
    }

    public Task<Session?> SessionAsync(string callSid) => ReadAsync((sessions, _) => sessions.FindAsync(CallSid.Parse(callSid)));

    /// <summary>The row once it has ended.</summary>
    public async Task<Session> EndedAsync(string callSid)
    {
        Session? row = null;
        await Eventually.TrueAsync(
            async () => (row = await SessionAsync(callSid)) is { State: SessionState.Ended }, $"the row of {callSid} is ended");
        return row!;
    }

    public HttpClient Http(bool admin = false)
    {
        HttpClient client = new() { BaseAddress = HttpBase };
        if (admin)
        {
            client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", AdminToken);
        }

        return client;
    }

    /// <summary>Makes a row by the API, as whoever places calls does.</summary>
    public async Task CreateSessionAsync(string json)
    {
        using HttpClient http = Http(admin: true);
        using StringContent body = new(json, System.Text.Encoding.UTF8, "application/json");
        using HttpResponseMessage response = await http.PostAsync("/api/sessions", body);
        if (response.StatusCode != HttpStatusCode.Created)
        {
            throw new InvalidOperationException($"{(int)response.StatusCode} {await response.Content.ReadAsStringAsync()}");
        }
    }

    /// <summary>Asks for the dynamic URL of a call, as an applet does.</summary>
    public async Task<string> WarmUrlAsync(string callSid, string more = "CallTo=08040000000")
    {
        using HttpClient http = Http();
        http.DefaultRequestHeaders.Authorization = BasicHeader;
        using JsonDocument answer = JsonDocument.Parse(await http.GetStringAsync($"{Config.Exotel.DynamicPath}?CallSid={callSid}&{more}"));
        return answer.RootElement.GetProperty("url").GetString()!;
    }

    /// <summary>Ends the daemon and starts another on the same store.</summary>
    public async Task RestartAsync()
    {
        await Daemon.DisposeAsync();
        Daemon = await Daemon.StartAsync(Config, _loggers, TimeProvider.System);
    }

    public async ValueTask DisposeAsync()
    {
        _driver.Dispose();
        Daemon.Registry.StopAll(CallEndReason.Aborted, "the test is over");
        await Daemon.Registry.DrainAsync().WaitAsync(TimeSpan.FromSeconds(10));
        await Daemon.DisposeAsync();
        await Gemini.DisposeAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private static DaemonConfig Default(string directory, GeminiSimulator gemini)
    {
        string caFile = "";
        if (gemini.AuthorityPem.Length > 0)
        {
            caFile = Path.Combine(directory, "gemini-ca.pem");
            File.WriteAllText(caFile, gemini.AuthorityPem);
        }

        return new DaemonConfig
        {
            Server = new ServerOptions { Listen = [new ListenAddress("127.0.0.1", 0, false)], AdminToken = AdminToken },
            StorePath = Path.Combine(directory, "matrixd.db"),
            Exotel = new ExotelOptions { BasicUser = BasicUser, BasicPassword = BasicPassword },
            Gemini = new GeminiOptions { ApiKey = "test-key", BaseUrl = new Uri(gemini.BaseUrl), CaFile = caFile },

            // A model that does what a test says is silent for as long as a busy machine likes: whoever tests the watch turns it on.
            Calls = new CallsOptions { MaxCalls = 50, RecordingDirectory = Path.Combine(directory, "recordings"), Stalls = new StallOptions { IsEnabled = false } },
            Agents = [new AgentOptions { Name = "reception", Default = true, Prompt = "You answer the phone.", Voice = "Kore", Language = "en-IN" }],
            Tools = [],
        };
    }
}
