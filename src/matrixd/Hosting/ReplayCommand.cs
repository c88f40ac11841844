using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Config;
using Matrixd.Diagnostics;
using Matrixd.Gemini;
using Matrixd.Simulation;

namespace Matrixd.Hosting;

/// <summary><c>matrixd replay</c>: plays a taped call again, on this machine alone.</summary>
internal static class ReplayCommand
{
    public const string Usage = "replay CALL_SID|FILE.jsonl [--fault KIND@STAGE[:SECONDS]] [--out DIR] [--recording FILE.wav] [--apology FILE.wav] [--config FILE] [--json]";

    public static async Task<int> RunAsync(string[] args, TextWriter stdout, TextWriter stderr)
    {
        if (args.Length == 0 || args[0].StartsWith("--", StringComparison.Ordinal))
        {
            throw new CommandUsageException(Usage);
        }

        Flags flags = Flags.Parse(args[1..]);
        try
        {
            ReplayReport report = await new ReplayRun(Request(args[0], flags)).RunAsync();
            await (flags.Json ? stdout.WriteLineAsync(JsonSerializer.Serialize(report, ReplayJson.Default.ReplayReport)) : ReplayText.WriteAsync(report, stdout));
            return report.DifferenceCount > 0 && flags.Faults.Count == 0 ? Commands.Failed : Commands.Done;
        }
        catch (Exception e) when (e is InvalidDataException or IOException or UnauthorizedAccessException)
        {
            await stderr.WriteLineAsync($"matrixd: {e.Message}");
            return Commands.Failed;
        }
    }

    private static ReplayRequest Request(string what, Flags flags)
    {
        (string taps, string recordings) = File.Exists(what) && flags.Config.Length == 0 ? ("", "") : Folders(flags);
        string tape = what;
        if (!File.Exists(what))
        {
            tape = CallSid.TryParse(what, out CallSid sid) && TapeFolder.Find(taps, sid.Value) is { } found
                ? found
                : throw new InvalidDataException($"there is no file {PlainText.Clean(what)}, and no tape of a call of this SID in {taps}: only calls that [diagnostics] wire_tap chose have one");
        }

        return new ReplayRequest
        {
            Tape = tape,
            Faults = flags.Faults,
            OutDirectory = flags.Out,
            Recording = flags.Recording.Length > 0 ? flags.Recording : RecordingOf(tape, recordings),
            Apology = flags.Apology,
        };
    }

    private static (string Taps, string Recordings) Folders(Flags flags) =>
        ConfigReader.Folders(flags.Config.Length > 0 ? flags.Config : Commands.DefaultConfig, new SystemConfigEnvironment());

    // {directory}/{day}/{call_sid}.wav; the newest, where the call has more than one.
    private static string RecordingOf(string tape, string recordings)
    {
        string sid = Path.GetFileName(tape).Split('.')[0];
        return Directory.Exists(recordings)
            ? Directory.EnumerateFiles(recordings, $"{sid}.wav", SearchOption.AllDirectories).OrderDescending(StringComparer.Ordinal).FirstOrDefault() ?? ""
            : "";
    }

    private sealed record Flags(string Config, string Out, string Recording, string Apology, bool Json, IReadOnlyList<ReplayFault> Faults)
    {
        public static Flags Parse(string[] args)
        {
            Flags flags = new("", "", "", "", false, []);
            CommandLine line = new(args);
            while (line.Next())
            {
                flags = line.Flag switch
                {
                    "--config" => flags with { Config = line.Text() },
                    "--out" => flags with { Out = line.Text() },
                    "--recording" => flags with { Recording = line.Text() },
                    "--apology" => flags with { Apology = line.Text() },
                    "--json" => flags with { Json = true },
                    "--fault" => flags with { Faults = [.. flags.Faults, ReplayFaultWords.Parse(line.Text())] },
                    _ => throw line.Unknown(),
                };
            }

            return flags;
        }
    }
}
