using Matrixd.Audio;
using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Storage;
using Matrixd.Timing;
using Microsoft.Extensions.Logging.Abstractions;

namespace Matrixd.Tests.Support;

/// <summary>Where a native daemon lives: its folder, its configuration, the simulated model it is given.</summary>
internal sealed class EndToEndPlace : IAsyncDisposable
{
    private readonly WheelDriver _driver;

    private EndToEndPlace(GeminiSimulator gemini)
    {
        Gemini = gemini;
        Wheel = new TimerWheel(TimeProvider.System);
        _driver = new WheelDriver(Wheel, _ => { });
        _driver.Start();
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("matrixd-native-").FullName;

    public string ConfigPath => Path.Combine(Folder, "matrixd.toml");

    public string StorePath => Path.Combine(Folder, "matrixd.db");

    public string Recordings => Path.Combine(Folder, "recordings");

    public GeminiSimulator Gemini { get; }

    public TimerWheel Wheel { get; }

    public static async Task<EndToEndPlace> BuildAsync(GeminiSimulatorOptions? options = null)
    {
        EndToEndPlace place = new(await GeminiSimulator.StartAsync(options ?? House.Scripted));
        place.Write(place.Config());
        return place;
    }

    /// <summary>The configuration of a small daemon; the port is free to choose.</summary>
    public string Config(string prompt = "You answer the phone.", string listen = "127.0.0.1:0", string drain = "15m")
    {
        string ca = "";
        if (Gemini.AuthorityPem.Length > 0)
        {
            File.WriteAllText(Path.Combine(Folder, "ca.pem"), Gemini.AuthorityPem);
            ca = "ca_file = \"ca.pem\"";
        }

        return $"""
            [server]
            listen = ["{listen}"]
            admin_token = "{House.AdminToken}"
            drain_timeout = "{drain}"
            max_calls = 60
            [store]
            path = "matrixd.db"
            [exotel]
            basic_password = "{House.BasicPassword}"
            [gemini]
            api_key = "AIza-test"
            base_url = "{Gemini.BaseUrl}"
            {ca}
            [watchdog]
            no_answer = "60s"
            no_message = "120s"
            [recording]
            directory = "recordings"
            [[agent]]
            name = "reception"
            default = true
            prompt = "{prompt}"

            """;
    }

    public void Write(string config)
    {
        File.WriteAllText(ConfigPath, config);
        File.SetUnixFileMode(ConfigPath, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public async Task<GeminiConnection> ReadyAsync(int index)
    {
        GeminiConnection connection = await Gemini.ConnectionAsync(index, TimeSpan.FromSeconds(20));
        await connection.Ledger.WaitAsync(() => connection.Ready, "setupComplete", TimeSpan.FromSeconds(20));
        return connection;
    }

    /// <summary>Reads the rows beside the daemon, or after it.</summary>
    public async Task<T> ReadAsync<T>(Func<SessionStore, CallLog, Task<T>> read)
    {
        await using Database database = Database.OpenForReading(StorePath, NullLogger.Instance);
        return await read(new SessionStore(database), new CallLog(database));
    }

    public async Task<Session> EndedAsync(string callSid)
    {
        Session? row = null;
        await Eventually.TrueAsync(
            async () => (row = await ReadAsync((sessions, _) => sessions.FindAsync(CallSid.Parse(callSid)))) is { State: SessionState.Ended }, $"the row of {callSid} is ended");
        return row!;
    }

    /// <summary>All recordings that have their name, each of which can be read.</summary>
    public IReadOnlyList<WavAudio> ReadRecordings() => Directory.Exists(Recordings)
        ? [.. Directory.GetFiles(Recordings, "*.wav", SearchOption.AllDirectories).Select(WavFile.Read)]
        : [];

    public async ValueTask DisposeAsync()
    {
        _driver.Dispose();
        await Gemini.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }
}
