using System.Text.Json;

namespace Matrixd.Simulation;

/// <summary><c>matrixd simulate gemini</c>: Google's end of the line until it is told to stop.</summary>
internal static class SimulateGeminiCommand
{
    private const string Usage = """
        usage: matrixd simulate gemini [flags]
          --listen HOST:PORT         default 127.0.0.1:9090; port 0: any free one
          --tls [--ca-out FILE]      TLS with a certificate made for the occasion; the authority to trust goes to FILE
          --accept sdk               also the camelCase that the official SDKs send
          --api-key KEY              the one good key; without it any key is good
          --voice parrot|FILE.wav    says what it heard, or the recording, each turn
          --speed N                  audio comes N times faster than it plays (4); 0: a turn at once
          --tool-call NAME:JSON      calls this tool on the caller's first turn; repeat for the turns after it
          --strict-tools             realtime input during a blocking tool call closes 1008
          --unknown-model bare|catch-all|not-found
          --connection-life SECONDS  goAway comes 50 s before (600)
          --max-sessions N           beyond: 1011, over quota
          --fault KIND@STAGE[:SECONDS][*TIMES]
              KIND   goaway[=SECONDS] close=CODE,TEXT stall drop slow silence faint halt empty reject ignore
                     garbage late status=NNN[,RETRY-AFTER]
              STAGE  mint models upgrade setup ready audio turn tool
          --quiet                    no line for each connection on stderr
        """;

    public static async Task<int> RunAsync(string[] args, TextWriter stdout, TextWriter stderr, CancellationToken stopping)
    {
        await using LineReporter reporter = new(stderr);
        GeminiSimulatorOptions options;
        string caOut = "";
        try
        {
            (options, caOut) = Parse(args, reporter);
        }
        catch (CommandUsageException e)
        {
            await stderr.WriteLineAsync($"{e.Message}\n{Usage}");
            return 2;
        }

        return await LongRunning.ServeAsync("gemini", stderr, async () =>
        {
            await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(options, stopping);
            if (caOut.Length > 0)
            {
                await File.WriteAllTextAsync(caOut, simulator.AuthorityPem, stopping);
            }

            await LongRunning.ReadyAsync(simulator.BaseUrl, stdout, stopping);
            return LongRunning.Verdict(simulator.Time, stderr);
        });
    }

    private static (GeminiSimulatorOptions Options, string CaOut) Parse(string[] args, LineReporter reporter)
    {
        GeminiSimulatorOptions options = new() { Listen = new(System.Net.IPAddress.Loopback, 9090), Remember = false, Report = reporter.Report };
        List<FaultSpec> faults = [];
        List<GeminiToolCall> tools = [];
        string caOut = "";
        CommandLine line = new(args);
        while (line.Next())
        {
            switch (line.Flag)
            {
                case "--fault":
                    faults.Add(FaultSpec.Parse(line.Text()));
                    break;
                case "--tool-call":
                    tools.Add(ToolCall(line.Text()));
                    break;
                case "--ca-out":
                    caOut = line.Text();
                    break;
                default:
                    options = Apply(options, line);
                    break;
            }
        }

        if (caOut.Length > 0 && !options.Tls)
        {
            throw new CommandUsageException("--ca-out needs --tls");
        }

        return (options with { Faults = faults, ToolCalls = tools }, caOut);
    }

    private static GeminiSimulatorOptions Apply(GeminiSimulatorOptions options, CommandLine line)
    {
        TimeSpan life;
        return line.Flag switch
        {
            "--listen" => options with { Listen = line.EndPoint() },
            "--tls" => options with { Tls = true },
            "--accept" => options with { AcceptSdk = line.Text() is var who && who == "sdk" ? true : throw new CommandUsageException($"--accept takes sdk, not \"{who}\"") },
            "--api-key" => options with { ApiKey = line.Text() },
            "--voice" => Voice(options, line.Text()),
            "--speed" => options with { SpeedFactor = line.Amount(0, 1000) },
            "--strict-tools" => options with { StrictTools = true },
            "--unknown-model" => options with { UnknownModel = UnknownModel(line.Text()) },
            "--connection-life" => options with
            {
                ConnectionLife = life = line.Seconds(86_400),
                GoAwayNotice = options.GoAwayNotice < life ? options.GoAwayNotice : life / 2,
            },
            "--max-sessions" => options with { MaxSessions = line.Number(0, 1_000_000) },
            "--quiet" => options with { Report = null },
            _ => throw line.Unknown(),
        };
    }

    private static GeminiSimulatorOptions Voice(GeminiSimulatorOptions options, string voice) => voice == "parrot"
        ? options with { Voice = GeminiVoice.Parrot }
        : options with { Voice = GeminiVoice.File, VoicePcm = SpeechFile.Load("--voice", voice, GeminiMouth.Rate) };

    private static UnknownModelAnswer UnknownModel(string text) => text switch
    {
        "bare" => UnknownModelAnswer.Bare,
        "catch-all" => UnknownModelAnswer.CatchAll,
        "not-found" => UnknownModelAnswer.NotFound,
        _ => throw new CommandUsageException($"--unknown-model takes bare, catch-all or not-found, not \"{text}\""),
    };

    private static GeminiToolCall ToolCall(string text)
    {
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? text : text[..colon];
        string args = colon < 0 ? "{}" : text[(colon + 1)..];
        try
        {
            using JsonDocument document = JsonDocument.Parse(args);
            if (name.Length > 0 && document.RootElement.ValueKind == JsonValueKind.Object)
            {
                return new GeminiToolCall(name, args);
            }
        }
        catch (JsonException)
        {
            // told below, as what is JSON but no object
        }

        throw new CommandUsageException($"--tool-call takes NAME:JSON with a JSON object such as lookup_order:{{\"order_id\":\"7\"}}, not \"{text}\"");
    }
}
