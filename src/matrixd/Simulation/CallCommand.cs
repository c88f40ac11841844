using System.Globalization;
using System.Text.Json;
using Matrixd.Audio;
using Matrixd.Timing;
using Matrixd.Transport;

namespace Matrixd.Simulation;

/// <summary><c>matrixd call</c>: plays Exotel against a running daemon, with one caller or hundreds.</summary>
internal static class CallCommand
{
    private const string Usage = """
        usage: matrixd call --url ws://HOST:PORT/PATH [flags]
          --basic USER:PASSWORD    credentials, also as ws://user:password@…
          --ca FILE                an authority to trust beside the system's (PEM)
          --wav FILE               what the caller says; without it a recording inside the program
          --rate 8000|16000|24000  of the line (8000)
          --frame-ms 20|100        length of a media frame (20)
          --speak-after SECONDS    the caller listens first (0; 3 with the built-in recording)
          --linger SECONDS         the line stays open so long after the last word (5)
          --barge-at SECONDS       from then on talks over the model once, saying it all again
          --from N --to N --call-sid SID --account-sid SID
          --out FILE.wav           what was heard, in real time
          --stereo FILE.wav        said left, heard right
          --count N --ramp N       so many calls, begun at N a second (20)
          --json                   one object with all figures
        """;

    public static async Task<int> RunAsync(string[] args, TextWriter stdout, TextWriter stderr, CancellationToken stopping)
    {
        CallPlan plan;
        CallerAudio audio;
        try
        {
            plan = CallPlan.Parse(args);
            audio = new CallerAudio(plan.Wav.Length > 0 ? SpeechFile.Load("--wav", plan.Wav, plan.Rate) : CallerSpeech.BuiltIn(plan.Rate), plan.Rate, plan.FrameMs);
        }
        catch (CommandUsageException e)
        {
            await stderr.WriteLineAsync($"{e.Message}\n{Usage}");
            return 2;
        }

        using SimulationTime time = new();
        CallSummary summary = CallSummary.Of(await PlayAsync(plan, audio, time.Wheel, stopping));
        if (plan.Json)
        {
            await stdout.WriteLineAsync(JsonSerializer.Serialize(summary, SimulationJson.Default.CallSummary));
        }
        else
        {
            await WriteTableAsync(summary, stdout);
        }

        await stdout.FlushAsync(CancellationToken.None);
        return LongRunning.Verdict(time, stderr) == 0 && summary.Good == summary.Count ? 0 : 1;
    }

    private static async Task<IReadOnlyList<CallerReport>> PlayAsync(CallPlan plan, CallerAudio audio, TimerWheel wheel, CancellationToken stopping)
    {
        List<Task<CallerReport>> calls = [];
        for (int number = 1; number <= plan.Count; number++)
        {
            calls.Add(PlayOneAsync(plan, plan.Call(number, audio), number, wheel, stopping));
            if (number < plan.Count && !await PauseAsync(TimeSpan.FromSeconds(1 / plan.Ramp), wheel, stopping))
            {
                break; // told to stop: those that ring are hung up, the others never dialled
            }
        }

        return await Task.WhenAll(calls);
    }

    private static async Task<bool> PauseAsync(TimeSpan pause, TimerWheel wheel, CancellationToken stopping)
    {
        try
        {
            await Task.Delay(pause, wheel.Clock, stopping);
            return true;
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private static async Task<CallerReport> PlayOneAsync(CallPlan plan, CallerOptions options, int number, TimerWheel wheel, CancellationToken stopping)
    {
        try
        {
            ExotelCaller caller = await ExotelCaller.StartAsync(options, wheel, stopping);
            CallerReport report;
            await using (stopping.Register(() => caller.SendStop()))
            {
                report = await caller.Completion;
            }

            Save(plan.Out, number, plan, 1, caller.Heard);
            Save(plan.Stereo, number, plan, 2, SideBySide(caller.Said, caller.Heard));
            return report;
        }
        catch (DialException e)
        {
            return new CallerReport { CallSid = options.CallSid, Attempts = CallerDial.HandshakeTries, Error = e.Message };
        }
        catch (OperationCanceledException)
        {
            return new CallerReport { CallSid = options.CallSid, Error = "stopped before it was connected" };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new CallerReport { CallSid = options.CallSid, Error = $"the recording was not written: {e.Message}" };
        }
    }

    private static void Save(string path, int number, CallPlan plan, int channels, short[] samples)
    {
        if (path.Length > 0)
        {
            string numbered = plan.Count == 1 ? path : Path.ChangeExtension(path, null) + $"-{number}" + Path.GetExtension(path);
            WavFile.Write(numbered, plan.Rate, channels, samples);
        }
    }

    private static short[] SideBySide(short[] left, short[] right)
    {
        short[] both = new short[2 * Math.Max(left.Length, right.Length)];
        for (int i = 0; i < left.Length; i++)
        {
            both[2 * i] = left[i];
        }

        for (int i = 0; i < right.Length; i++)
        {
            both[(2 * i) + 1] = right[i];
        }

        return both;
    }

    private static async Task WriteTableAsync(CallSummary summary, TextWriter stdout)
    {
        await stdout.WriteLineAsync("call                              first audio    heard  chunks  clears  marks  under-runs  violations  end");
        foreach (CallerReport call in summary.Calls)
        {
            string first = call.FirstAudioMs is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{ms:0} ms") : "-";
            string end = call.Error.Length > 0 ? call.Error : $"{call.CloseCause} {call.CloseCode} {JsonText.Escape(call.CloseReason)}";
            string kinds = call.Violations == 0 ? "" : " (" + string.Join(", ", call.ViolationKinds.Select(k => $"{k.Key} {k.Value}")) + ")";
            await stdout.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{call.CallSid,-32}  {first,11}  {call.HeardMs / 1000,5:0.0} s  {call.Chunks,6}  {call.Clears,6}  {call.Marks,5}  {call.UnderRuns,10}  {call.Violations,10}  {end}{kinds}"));
        }

        if (summary.Count > 1)
        {
            await stdout.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{summary.Good} of {summary.Count} good; first audio median {summary.FirstAudioMsMedian:0} ms, 99 % {summary.FirstAudioMsP99:0} ms; {summary.UnderRuns} under-runs, {summary.Violations} violations, {summary.FramesLate} frames sent late by this program"));
        }
    }
}
