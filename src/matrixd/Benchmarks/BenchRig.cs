using System.Text;
using System.Text.Json;

namespace Matrixd.Benchmarks;

/// <summary>A load and what it loads, each in a process and on a processor of its own, on a directory that goes with them.</summary>
/// <remarks>One caller at a time.</remarks>
internal sealed class BenchRig : IAsyncDisposable
{
    private const string User = "exotel";
    private const string Password = "a-long-bench-password";

    // A binary that starts on a busy machine.
    private static readonly TimeSpan s_startPatience = TimeSpan.FromSeconds(60);

    // Beside what the load itself allows for its calls.
    private static readonly TimeSpan s_callsPatience = TimeSpan.FromMinutes(5);

    // Turns that began while calls were added are over then.
    private static readonly TimeSpan s_settle = TimeSpan.FromSeconds(4);

    // The load is on time whatever else runs; on a machine with other work what is measured comes before the rest, too.
    private static readonly string[] s_onTime = ["chrt", "-f", "10"];
    private static readonly string[] s_first = ["chrt", "-r", "5"];

    private readonly BenchProcess _load;
    private readonly BenchProcess _target;
    private readonly string _directory;
    private readonly Uri _address;
    private readonly long _rest;
    private readonly HttpClient? _metrics;

    private BenchRig(BenchProcess load, BenchProcess target, string directory, Uri address, bool hasMetrics)
    {
        _load = load;
        _target = target;
        _directory = directory;
        _address = address;
        _rest = LoadUsage.Resident(target.Id);
        _metrics = hasMetrics ? new HttpClient { Timeout = s_startPatience } : null;
    }

    /// <summary>Starts a load, and the daemon or the floor.</summary>
    /// <exception cref="BenchException">One of them does not start.</exception>
    public static async Task<BenchRig> StartAsync(BenchPlan plan, bool floor, CancellationToken stopping)
    {
        IReadOnlyList<int> processors = Affinity.Allowed();
        string self = Environment.ProcessPath ?? throw new BenchException("the program does not know where it lies");
        string directory = Directory.CreateTempSubdirectory("matrixd-bench-").FullName;
        BenchProcess? load = null;
        BenchProcess? target = null;
        try
        {
            string ca = Path.Combine(directory, "ca.pem");
            string[] loadCommand = plan.Load.Length > 0 ? [plan.Load] : [self, "bench", "load"];
            load = new BenchProcess("the load", [.. plan.Busy || plan.LoadFirst ? s_onTime : [], .. loadCommand, "--ca-out", ca], processors[^1]);
            Uri gemini = new((await load.HearAsync("ready ", s_startPatience, stopping))[6..]);
            string[] targetCommand = floor
                ? [plan.Floor, "--gemini", gemini.Authority, "--ca", ca]
                : [self, "run", "--config", WriteConfig(directory, gemini, ca), "--log-level", "error"];
            target = new BenchProcess(floor ? "the floor" : "the daemon", [.. plan.Busy ? s_first : [], .. targetCommand], processors[0]);
            Uri address = new((await target.HearAsync("ready ", s_startPatience, stopping))[6..]);
            BenchRig rig = new(load, target, directory, address, hasMetrics: !floor);
            await rig.TargetAsync(stopping);
            return rig;
        }
        catch
        {
            await EndAsync(load, target, directory);
            throw;
        }
    }

    /// <summary>Brings the calls to a number and measures one window.</summary>
    /// <exception cref="BenchException">A process has ended, or says nothing.</exception>
    public async Task<BenchStep> MeasureAsync(int calls, double seconds, CancellationToken stopping)
    {
        await _load.TellAsync($"calls {calls}");
        await _load.HearAsync("calls ", s_callsPatience, stopping);
        await Task.Delay(s_settle, stopping);
        PrometheusText? before = await MetricsAsync(stopping);
        await _load.TellAsync(FormattableString.Invariant($"measure {seconds}"));
        string line = await _load.HearAsync("{", TimeSpan.FromSeconds(seconds) + s_startPatience, stopping);
        PrometheusText? after = await MetricsAsync(stopping);
        LoadWindow window = JsonSerializer.Deserialize(line, BenchJson.Default.LoadWindow)!;
        return new BenchStep
        {
            Calls = calls,
            Load = window,
            Daemon = before is null ? null : after!.Since(before),
            RssKibPerCall = (double)(window.RssKib - _rest) / calls,
            Breaks = QualityLine.Breaks(window),
            LoadLate = QualityLine.IsLoadLate(window),
        };
    }

    public async ValueTask DisposeAsync()
    {
        _metrics?.Dispose();
        await EndAsync(_load, _target, _directory);
    }

    private static async Task EndAsync(BenchProcess? load, BenchProcess? target, string directory)
    {
        if (load is not null)
        {
            await load.DisposeAsync(); // first, so that the daemon has no calls to drain
        }

        if (target is not null)
        {
            await target.DisposeAsync();
        }

        Directory.Delete(directory, recursive: true);
    }

    private async Task TargetAsync(CancellationToken stopping)
    {
        string credentials = Convert.ToBase64String(Encoding.ASCII.GetBytes($"{User}:{Password}"));
        await _load.TellAsync($"target {_address.Authority} /exotel {credentials} {_target.Id}");
        await _load.HearAsync("target", s_startPatience, stopping);
    }

    private async Task<PrometheusText?> MetricsAsync(CancellationToken stopping)
    {
        try
        {
            return _metrics is null ? null : new PrometheusText(await _metrics.GetStringAsync(new Uri(_address, "/metrics"), stopping));
        }
        catch (HttpRequestException e)
        {
            throw new BenchException($"the daemon does not answer on {_address}metrics: {e.Message}", e);
        }
    }

    // As it ships, with everything on; the prompt tells the load who calls.
    private static string WriteConfig(string directory, Uri gemini, string ca)
    {
        string path = Path.Combine(directory, "matrixd.toml");
        File.WriteAllText(path, $$"""
            [server]
            listen = ["127.0.0.1:0"]
            max_calls = {{LoadCalls.Most}}
            [store]
            path = "{{directory}}/matrixd.db"
            [exotel]
            basic_user = "{{User}}"
            basic_password = "{{Password}}"
            [gemini]
            api_key = "bench-key"
            base_url = "{{gemini.GetLeftPart(UriPartial.Authority)}}"
            ca_file = "{{ca}}"
            [recording]
            enabled = true
            directory = "{{directory}}/recordings"
            [[agent]]
            name = "bench"
            default = true
            prompt = "You answer the phone. The caller is {from}."
            """);
        return path;
    }
}
