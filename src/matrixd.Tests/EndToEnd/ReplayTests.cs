using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Matrixd.Agents;
using Matrixd.Audio;
using Matrixd.Calls;
using Matrixd.Diagnostics;
using Matrixd.Hosting;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>A call over real sockets is taped; the tape is played again, without any.</summary>
public sealed class ReplayTests : IDisposable
{
    // What is due in the moment of a clear and of the end may have left or not: a live daemon's timers are late by some milliseconds, a replay's never.
    private const int MostDue = 2 * 9600;

    private static readonly short[] s_filler = Signals.Speech(24_000, seconds: 1.5);

    private IReadOnlyList<TurnRecord> _turns = [];

    private readonly string _folder = Directory.CreateTempSubdirectory("matrixd-replay-").FullName;

    [Fact]
    public async Task A_taped_call_replayed_sends_the_same_chunks_turns_and_messages()
    {
        (string tape, short[] heard) = await TapeAsync(keepAudio: true);

        ReplayReport report = await new ReplayRun(new ReplayRequest { Tape = tape, OutDirectory = Out("a") }).RunAsync();

        Assert.True(report.Differences.Count == 0, string.Join("; ", report.Differences));
        Assert.Equal(("caller_hung_up", 1L, 1L), (report.EndReason, report.BargeIns, report.Clears));
        Assert.InRange(report.Heard.Bytes, (heard.Length * 2L) - MostDue, (heard.Length * 2L) + MostDue);
        Assert.Equal(["Namaste.", "Let me see.", "A long story.", "Goodbye.", "Let me see."], report.Turns.Where(turn => turn.Speaker == "model").Select(turn => turn.Said));
        Assert.Equal(_turns.Select(turn => (turn.Said, turn.Interrupted)), report.Turns.Select(turn => (turn.Said, turn.Interrupted)));
        WavAudio recording = WavFile.Read(Path.Combine(Out("a"), report.Recording));
        Assert.Equal((8000, 2), (recording.SampleRate, recording.Channels));
        Assert.Contains(recording.Samples, sample => sample != 0);
    }

    [Fact]
    public async Task Two_replays_are_the_same_byte_by_byte()
    {
        (string tape, _) = await TapeAsync(keepAudio: true);

        foreach (string name in new[] { "a", "b" })
        {
            await new ReplayRun(new ReplayRequest { Tape = tape, OutDirectory = Out(name), Faults = [ReplayFaultWords.Parse("goaway=1@turn:0.3"), ReplayFaultWords.Parse("drop@tool")] }).RunAsync();
        }

        string[] files = [.. Directory.GetFiles(Out("a")).Select(Path.GetFileName).Order(StringComparer.Ordinal)!];
        Assert.Equal(["call.wav", "replay.json", "sent.jsonl"], files);
        Assert.All(files, file => Assert.Equal(File.ReadAllBytes(Path.Combine(Out("a"), file)), File.ReadAllBytes(Path.Combine(Out("b"), file))));
    }

    [Fact]
    public async Task Without_audio_on_the_tape_the_callers_comes_from_the_recording_and_the_report_says_so()
    {
        (string tape, _) = await TapeAsync(keepAudio: false);

        ReplayReport without = await new ReplayRun(new ReplayRequest { Tape = tape }).RunAsync();
        ReplayReport with = await new ReplayRun(new ReplayRequest { Tape = tape, Recording = Path.Combine(_folder, "call.wav") }).RunAsync();

        Assert.Empty(without.Differences); // of lengths
        Assert.Contains(without.Notes, note => note.Contains("there is no recording", StringComparison.Ordinal));
        Assert.Contains(with.Notes, note => note.Contains("comes from the recording", StringComparison.Ordinal));
        Assert.Equal(without.SentToModel.Bytes, with.SentToModel.Bytes);
        Assert.NotEqual(without.SentToModel.Sha256, with.SentToModel.Sha256);
    }

    [Fact]
    public async Task A_call_that_the_model_refuses_ends_as_refused_in_the_replay()
    {
        (string tape, _) = await TapeAsync(keepAudio: true);

        ReplayReport report = await new ReplayRun(new ReplayRequest { Tape = tape, Faults = [ReplayFaultWords.Parse("close=1008,models/x is not found@setup*9")] }).RunAsync();

        Assert.Equal("model_refused", report.EndReason);
        Assert.Contains("close 1008 models/x is not found", report.Faults[0], StringComparison.Ordinal);
        Assert.Equal(0, report.Heard.Messages);
        Assert.NotEmpty(report.Differences);
    }

    [Theory]
    [InlineData("1011@turn:0.1", "lost", "resumed")]
    [InlineData("drop@audio", "lost", "resumed")]
    [InlineData("goaway=20@ready", "go_away", "rotated")]
    public async Task After_a_fault_the_call_comes_back_and_the_rest_of_the_tape_goes_on(string fault, params string[] events)
    {
        (string tape, _) = await TapeAsync(keepAudio: true);

        ReplayReport report = await new ReplayRun(new ReplayRequest { Tape = tape, Faults = [ReplayFaultWords.Parse(fault)] }).RunAsync();

        Assert.Single(report.Faults);
        Assert.Equal(2, report.Connections);
        Assert.Equal(events, report.ModelEvents.Select(e => e.Kind));
        Assert.Equal("caller_hung_up", report.EndReason);
        Assert.Contains(report.Turns, turn => turn.Said == "Goodbye.");
        Assert.Contains(report.Tools, tool => tool.Outcome == "ok");
    }

    [Fact]
    public async Task The_command_takes_a_file_or_a_call_and_says_what_is_no_tape()
    {
        (string tape, _) = await TapeAsync(keepAudio: true);
        StringWriter stdout = new();
        StringWriter stderr = new();

        Assert.Equal(Commands.Done, await Commands.RunAsync(["replay", tape, "--json"], stdout, stderr));
        Assert.Equal("taped", (string?)JsonNode.Parse(stdout.ToString())!["call_sid"]);
        stdout.GetStringBuilder().Clear();
        Assert.Equal(Commands.Done, await Commands.RunAsync(["replay", tape], stdout, stderr));
        Assert.Contains("the replay sent what the call sent", stdout.ToString(), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "matrixd.toml"), $"[diagnostics]\ntap_directory = \"{_folder}\"\n");
        Assert.Equal(Commands.Done, await Commands.RunAsync(["replay", "taped", "--config", Path.Combine(_folder, "matrixd.toml")], stdout, stderr));
        Assert.Equal("", stderr.ToString());
        Assert.Equal(Commands.Failed, await Commands.RunAsync(["replay", "unknown", "--config", Path.Combine(_folder, "matrixd.toml")], stdout, stderr));
        Assert.Contains("wire_tap", stderr.ToString(), StringComparison.Ordinal);
        File.WriteAllText(Path.Combine(_folder, "other.jsonl"), "{\"sdk\":\"x\"}\n");
        Assert.Equal(Commands.Failed, await Commands.RunAsync(["replay", Path.Combine(_folder, "other.jsonl")], stdout, stderr));
        Assert.Contains("other.jsonl:1: this is no tape", stderr.ToString(), StringComparison.Ordinal);
        Assert.Equal(Commands.Usage, await Commands.RunAsync(["replay", tape, "--fault", "slow@turn"], stdout, stderr));
        Assert.Equal(Commands.Usage, await Commands.RunAsync(["replay"], stdout, stderr));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string Out(string name) => Path.Combine(_folder, name);

    // A call with a greeting, a barge-in, a tool and a goodbye.
    private async Task<(string Tape, short[] Heard)> TapeAsync(bool keepAudio)
    {
        await using AgentsLoopbackServer shop = await AgentsLoopbackServer.StartAsync((_, http) => http.Response.WriteAsync("""{"status":"shipped"}"""));
        await using House house = await House.BuildAsync(House.Scripted, config =>
        {
            config = TapFiles.On("on", options => options with { KeepAudio = keepAudio })(config);
            return config with
            {
                Agents = [config.Agents[0] with { Greeting = "Namaste, this is reception.", Tools = ["lookup_order"] }],
                Tools = [new ToolOptions { Name = "lookup_order", Description = "Finds an order.", Url = new Uri(shop.Url, "/orders"), Parameters = """{"type":"object","properties":{"order_id":{"type":"string"}}}""" }],
            };
        });
        short[] greeting = Signals.Speech(24_000, seconds: 0.7);
        short[] story = Signals.Speech(24_000, seconds: 0.4); // within the playout lead: all of it has left when it is broken off, whenever that is
        short[] goodbye = Signals.Speech(24_000, seconds: 0.5);
        EndToEndLine line = await house.LineAsync("taped");
        GeminiConnection model = await house.ReadyAsync();
        await model.Ledger.ReceivedAsync("clientContent");
        line.Speak(Signals.Speech(8000, seconds: 0.3));
        await model.SayAsync(greeting, "Namaste.");
        await line.TurnsAsync(greeting);
        await PauseAsync(line, model, 1, [greeting]);
        model.SendToolCall("fc-1", new GeminiToolCall("lookup_order", """{"order_id":"4711"}"""));
        await model.Ledger.ReceivedAsync("toolResponse");
        await model.SayAsync(story, "A long story.");
        await line.TurnsAsync(greeting, s_filler, story);
        line.Speak(Signals.Speech(8000, seconds: 0.3));
        model.SendRaw("""{"serverContent":{"interrupted":true}}"""); // the service has long finished when the caller talks over what is being played
        model.SendRaw("""{"serverContent":{"turnComplete":true}}""");
        await line.WaitAsync(events => events.Any(e => e.Kind == "clear"), "clear");
        await model.SayAsync(goodbye, "Goodbye.");
        await line.TurnsAsync(goodbye);
        await PauseAsync(line, model, 2, [goodbye]);
        line.HangUp();
        Session row = await house.EndedAsync("taped");
        await TapFiles.EndedAsync(house, "taped.tape.jsonl");
        _turns = await house.ReadAsync((_, log) => log.TurnsAsync(row.CallSid));
        string tape = Path.Combine(_folder, "taped.tape.jsonl");
        File.Copy(Path.Combine(TapFiles.Folder(house), "taped.tape.jsonl"), tape);
        await Eventually.TrueAsync(() => File.Exists(row.RecordingPath), "the recording has its name");
        File.Copy(row.RecordingPath, Path.Combine(_folder, "call.wav"));
        return (tape, line.Audio);
    }

    // The caller pauses long enough for the model to be told; and then for a turn that lasts much longer than the call's housekeeping can be early or late,
    // so that a slow machine tapes the same call.
    private static async Task PauseAsync(EndToEndLine line, GeminiConnection model, int count, short[][] said)
    {
        await model.Ledger.ReceivedAsync("realtime_input.audio_stream_end", count);
        await model.SayAsync(s_filler, "Let me see.");
        await line.TurnsAsync([.. said, s_filler]);
    }
}
