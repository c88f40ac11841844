using Matrixd.Agents;
using Matrixd.Benchmarks;
using Matrixd.Config;
using Matrixd.Hosting.Demo;
using Matrixd.Simulation;
using Matrixd.Simulation.Kernels;
using Matrixd.Storage;

namespace Matrixd.Hosting;

/// <summary>The commands of the one binary. Exit codes: 0 done, 1 failed, 2 usage or configuration.</summary>
internal static class Commands
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int Usage = 2;

    public const string DefaultConfig = "/etc/matrixd/matrixd.toml";

    private const string Help = $"""
        matrixd puts Gemini Live on an Exotel phone line.

        usage: matrixd COMMAND [FLAGS]

          run               serve calls            --config FILE (default {DefaultConfig}), --log-level LEVEL
          check             judge a configuration  --config FILE, --diff FILE, --json
          sessions list     show calls             --config FILE, --state STATE, --limit N, --json
          sessions show SID one call, its turns and tool calls; --config FILE, --json
          replay            play a taped call again: CALL_SID or FILE.jsonl, --fault KIND@STAGE[:SECONDS], --out DIR, --recording FILE.wav, --config FILE, --json
          doctor            try everything a call needs, one by one, and say how to mend it: --config FILE, --json
          demo              a call on this machine, from end to end: --out DIR (default ./demo), --caller FILE.wav
          call              play Exotel against a daemon: --url ws://…, --basic U:P, --wav FILE, --frame-ms 20|100, --out FILE.wav, --count N
          simulate gemini   a Gemini Live for tests: --listen HOST:PORT, --tls --ca-out FILE, --accept sdk, --fault KIND@STAGE[:SECONDS], --voice parrot|FILE.wav
          simulate echo     the production WebSocket path as an echo: --listen HOST:PORT
          bench calls       how many calls this machine carries: --seconds S, --max N, --json FILE, --svg FILE, --config FILE, --state DIR
          bench kernels     what each audio kernel takes for 20 ms on this machine: --rounds N, --json FILE
          version           version, framework, SQLite, instruction set; --json

        exit codes: 0 done, 1 failed, 2 usage or configuration
        """;

    public static async Task<int> RunAsync(string[] args, TextWriter stdout, TextWriter stderr)
    {
        try
        {
            return await DispatchAsync(args, stdout, stderr);
        }
        catch (CommandUsageException e)
        {
            await stderr.WriteLineAsync($"matrixd: {e.Message} (matrixd help)");
            return Usage;
        }
        catch (ConfigException e)
        {
            foreach (ConfigProblem problem in e.Errors)
            {
                await stderr.WriteLineAsync(problem.ToString());
            }

            return Usage;
        }
        catch (Exception e) when (e is StorageException or AgentOptionsException)
        {
            await stderr.WriteLineAsync($"matrixd: {e.Message}");
            return Usage;
        }
    }

    private static Task<int> DispatchAsync(string[] args, TextWriter stdout, TextWriter stderr)
    {
        string command = args.Length > 0 ? args[0] : "help";
        string[] rest = args.Length > 0 ? args[1..] : [];
        return (command, rest) switch
        {
            ("run", _) => RunCommand.RunAsync(rest, stdout, stderr),
            ("check", _) => Task.FromResult(Check(rest, stdout, stderr)),
            ("sessions", _) => SessionsCommand.RunAsync(rest, stdout, stderr),
            ("replay", _) => ReplayCommand.RunAsync(rest, stdout, stderr),
            ("doctor", _) => DoctorCommand.RunAsync(rest, stdout, CancellationToken.None),
            ("demo", _) => DemoCommand.RunAsync(rest, stdout, stderr, CancellationToken.None),
            ("call", _) => CallCommand.RunAsync(rest, stdout, stderr, CancellationToken.None),
            ("simulate", ["gemini", ..]) => SimulateGeminiCommand.RunAsync(rest[1..], stdout, stderr, CancellationToken.None),
            ("simulate", ["echo", ..]) => SimulateEchoCommand.RunAsync(rest[1..], stdout, stderr, CancellationToken.None),
            ("bench", ["kernels", ..]) => KernelBenchCommand.RunAsync(rest[1..], stdout),
            ("bench", _) => BenchCommand.RunAsync(rest, VersionCommand.Version, stdout, stderr, CancellationToken.None),
            ("version" or "--version", _) => Task.FromResult(VersionCommand.Run(rest, stdout)),
            ("help" or "--help" or "-h", _) => HelpAsync(stdout),
            _ => throw new CommandUsageException($"there is no command \"{string.Join(' ', args.Take(2))}\""),
        };
    }

    private static async Task<int> HelpAsync(TextWriter stdout)
    {
        await stdout.WriteLineAsync(Help);
        return Done;
    }

    private static int Check(string[] args, TextWriter stdout, TextWriter stderr)
    {
        string config = DefaultConfig;
        string? diff = null;
        bool json = false;
        CommandLine flags = new(args);
        while (flags.Next())
        {
            switch (flags.Flag)
            {
                case "--config": config = flags.Text(); break;
                case "--diff": diff = flags.Text(); break;
                case "--json": json = true; break;
                default: throw flags.Unknown();
            }
        }

        return CheckCommand.Run(config, diff, json, stdout, stderr);
    }
}
