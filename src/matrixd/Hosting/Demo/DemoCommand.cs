using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Matrixd.Audio;
using Matrixd.Simulation;
using Microsoft.Extensions.Logging;

namespace Matrixd.Hosting.Demo;

/// <summary><c>matrixd demo</c>: one call from end to end on this machine, checked, and left behind to be listened to.</summary>
internal static class DemoCommand
{
    public static async Task<int> RunAsync(string[] args, TextWriter stdout, TextWriter stderr, CancellationToken stopping)
    {
        string directory = "demo";
        string caller = "";
        LogLevel level = LogLevel.Warning;
        CommandLine flags = new(args);
        while (flags.Next())
        {
            switch (flags.Flag)
            {
                case "--out": directory = flags.Text(); break;
                case "--caller": caller = flags.Text(); break;
                case "--verbose": level = LogLevel.Debug; break;
                default: throw flags.Unknown();
            }
        }

        try
        {
            Directory.CreateDirectory(directory);
            DemoScene scene = await DemoScene.CreateAsync(caller);
            await stdout.WriteLineAsync($"matrixd demo: a daemon, a simulated Gemini (TLS, http/1.1 pinned) and a simulated Exotel on loopback; the call lasts {scene.Length.TotalSeconds:0} s");
            using ILoggerFactory loggers = DaemonLogging.Create(level);
            DemoResult result = await DemoCall.RunAsync(scene, loggers, stopping);
            await WriteAsync(directory, result);
            await PrintAsync(directory, result, stdout);
            return result.Report.Ok ? Commands.Done : Commands.Failed;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            await stderr.WriteLineAsync($"matrixd: demo: {e.Message}");
            return Commands.Failed;
        }
    }

    private static async Task WriteAsync(string directory, DemoResult result)
    {
        WavFile.Write(Path.Combine(directory, "call.wav"), DemoScene.Rate, 2, Interleave(result.Said, result.Heard));
        WavFile.Write(Path.Combine(directory, "model.wav"), 24_000, 1, result.Model);
        if (File.Exists(result.RecordingPath))
        {
            File.Move(result.RecordingPath, Path.Combine(directory, "recording.wav"), overwrite: true);
        }

        await File.WriteAllTextAsync(Path.Combine(directory, "call.json"), JsonSerializer.Serialize(result.Report, DemoJson.Default.DemoReport) + "\n");
        await using StreamWriter transcript = new(Path.Combine(directory, "transcript.txt"));
        await SessionText.WriteTurnsAsync(result.Report.Session, transcript);
    }

    private static async Task PrintAsync(string directory, DemoResult result, TextWriter stdout)
    {
        DemoReport report = result.Report;
        CallerReport line = report.Caller;
        await stdout.WriteLineAsync();
        await SessionText.WriteAsync(report.Session, stdout);
        await stdout.WriteLineAsync();
        await LineAsync(stdout, $"first word      {line.FirstAudioMs:0} ms after the call was answered");
        await LineAsync(stdout, $"heard           {line.HeardMs / 1000:0.0} s in {line.Chunks} chunks, {line.UnderRuns} gaps inside turns, {line.Violations} chunk rules broken, {line.Marks} marks echoed");
        foreach (DemoTurn turn in report.Turns)
        {
            string verdict = turn.Missing == 0 ? "complete to the last sample" : turn.Interrupted ? $"cut by the caller after {turn.HeardMs:0} ms" : $"{turn.Missing} SAMPLES MISSING";
            await LineAsync(stdout, $"  turn {turn.Number}        {turn.SaidMs:0} ms said, heard bit for bit as resampled, {verdict}; correlation {turn.Correlation:0.000000}");
        }

        await LineAsync(stdout, $"barge-in        {line.Clears} clear; from the caller's first sound to silence {report.BargeInMs:0} ms, most of it the model's own decision");
        await LineAsync(stdout, $"daemon          {report.DaemonCpuMsPerSecond:0.0} ms CPU a second with both simulators in the same process, {report.ResidentMib:0} MiB");
        await LineAsync(stdout, $"left behind     {directory}/call.wav (left the caller, right what the caller heard), recording.wav (the daemon's own), model.wav (what the model said), call.json, transcript.txt");
        await stdout.WriteLineAsync(report.Ok ? "demo: ok" : $"demo: FAILED: {string.Join("; ", report.Problems)}");
    }

    private static Task LineAsync(TextWriter stdout, FormattableString line) => stdout.WriteLineAsync(line.ToString(CultureInfo.InvariantCulture));

    private static short[] Interleave(short[] left, short[] right)
    {
        short[] stereo = new short[2 * Math.Max(left.Length, right.Length)];
        for (int i = 0; i < stereo.Length / 2; i++)
        {
            stereo[2 * i] = i < left.Length ? left[i] : (short)0;
            stereo[(2 * i) + 1] = i < right.Length ? right[i] : (short)0;
        }

        return stereo;
    }
}
