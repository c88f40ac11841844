using System.Text.Json;
using Matrixd.Config;
using Matrixd.Simulation;

namespace Matrixd.Benchmarks;

/// <summary><c>matrixd bench</c>: how many calls this machine carries.</summary>
internal static class BenchCommand
{
    private const string Usage = """
        usage: matrixd bench calls [flags]
          --seconds S       length of each measurement (10)
          --max N           no more calls than these (4000)
          --at N,N,…        numbers of calls to measure
          --json FILE       everything that was found
          --svg FILE        cost and latency against the number of calls
          --config FILE     of the daemon that is to use the result (max_calls = 0); it is stored beside its database
          --state DIR       or store it there
          --floor FILE      a floor to compare with, --pairs N (3) times by turns at --pair-calls N (400); --pairs-only
          --load-first      the load runs in real time: what is late is not the load (root; needs a second processor)
          --busy            the machine has other work: load and daemon run in real time, before all others (root)
          --load FILE       another load than the one built in
        """;

    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    public static async Task<int> RunAsync(string[] args, string version, TextWriter stdout, TextWriter stderr, CancellationToken stopping)
    {
        switch (args)
        {
            case ["calls", ..]:
                return await CallsAsync(args[1..], version, stdout, stderr, stopping);
            case ["load", ..]:
                return LoadCommand.Run(args[1..], stdout, stderr);
            default:
                await stderr.WriteLineAsync(Usage);
                return 2;
        }
    }

    private static async Task<int> CallsAsync(string[] args, string version, TextWriter stdout, TextWriter stderr, CancellationToken stopping)
    {
        BenchPlan plan = BenchPlan.Parse(args);
        string state = plan.State.Length > 0 ? plan.State
            : plan.Config.Length > 0 ? Path.GetDirectoryName(ConfigReader.StorePath(plan.Config, new SystemConfigEnvironment())) ?? ""
            : "";
        try
        {
            BenchTable table = new(stdout);
            bool shared = Affinity.Allowed().Count < 2;
            if (shared && plan.LoadFirst)
            {
                throw new BenchException("--load-first needs a second processor: on the only one, the load would leave the daemon no time");
            }

            table.Head();
            if (shared)
            {
                await stdout.WriteLineAsync("only one processor: the load shares it with the daemon, which could do more");
            }

            string before = LoadAverage();
            BenchReport report = await new BenchRun(plan, table, stopping).RunAsync() with
            {
                Version = version,
                MeasuredAt = TimeProvider.System.GetUtcNow(),
                Machine = MeasuredCapacity.MachineName(new SystemConfigEnvironment()),
                Processors = Affinity.Allowed().Count,
                LoadAverage = $"{before} before, {LoadAverage()} after",
            };
            table.Verdict(report);
            Save(plan.Json, JsonSerializer.Serialize(report, BenchJson.Indented.BenchReport) + "\n");
            Save(plan.Svg, plan.Svg.Length > 0 ? BenchPlot.Render(report) : "");
            await KeepAsync(report, state, stdout);
            return plan.Capacity && report.CallsPerCore == 0 ? 1 : 0;
        }
        catch (Exception e) when (e is BenchException or IOException or UnauthorizedAccessException)
        {
            await stderr.WriteLineAsync($"bench calls: {e.Message}");
            return 1;
        }
    }

    // For max_calls = 0.
    private static async Task KeepAsync(BenchReport report, string state, TextWriter stdout)
    {
        if (report.CallsPerCore == 0)
        {
            return;
        }

        if (state.Length == 0)
        {
            await stdout.WriteLineAsync("not stored: --config FILE or --state DIR lets the daemon use it (max_calls = 0)");
            return;
        }

        string file = Path.Combine(state, MeasuredCapacity.FileName);
        Save(file + ".new", JsonSerializer.Serialize(report, BenchJson.Indented.BenchReport) + "\n");
        File.SetUnixFileMode(file + ".new", Readable);
        File.Move(file + ".new", file, overwrite: true);
        await stdout.WriteLineAsync($"stored in {file}: with max_calls = 0 the daemon takes {MeasuredCapacity.DefaultCalls(Path.Combine(state, "matrixd.db"), new SystemConfigEnvironment())} calls");
    }

    private static void Save(string path, string text)
    {
        if (path.Length > 0)
        {
            File.WriteAllText(path, text);
        }
    }

    private static string LoadAverage() => string.Join(' ', File.ReadAllText("/proc/loadavg").Split(' ')[..3]);
}
