using System.Text.Json;
using Matrixd.Agents;
using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>Nonsense and floods from Gemini: U19, U21.</summary>
public class ModelGarbageTests
{
    // U19
    [Fact]
    public async Task Broken_messages_are_passed_over_and_what_follows_is_heard()
    {
        await using House house = await House.BuildAsync(House.Scripted with { Faults = [FaultSpec.Parse("garbage@ready")] });
        EndToEndLine line = await house.LineAsync("u19");
        GeminiConnection connection = await house.ReadyAsync();
        short[] turn = Signals.Noise(24_000, 0.4, seed: 8);

        _ = connection.SayAsync(turn);
        await line.TurnsAsync(turn);

        EndToEndSound.AssertHeard(line.Events, 8000, turn);
        EndToEndMetrics metrics = await house.MetricsAsync();
        Assert.Equal(2, metrics["gemini_bad_messages_total"]);
        Assert.Equal(2, metrics["gemini_bad_audio_total"]);
        line.HangUp();
        Assert.Equal(CallEndReason.CallerHungUp, (await house.EndedAsync("u19")).EndReason);
    }

    // U19
    [Fact]
    public async Task A_message_of_32_MiB_costs_a_connection_and_not_the_call()
    {
        GeminiSimulatorOptions large = House.Scripted;
        await using House house = await House.BuildAsync(large with { Limits = large.Limits with { SendQueueBytes = 40 * 1024 * 1024 } });
        EndToEndLine line = await house.LineAsync("u19-large");
        GeminiConnection connection = await house.ReadyAsync();

        connection.SendRaw($"{{\"x\":\"{new string('x', 32 * 1024 * 1024)}\"}}");

        GeminiConnection second = await house.ReadyAsync(1);
        line.Speak(Signals.Speech(8000, 0.3));
        await second.Ledger.WaitAsync(() => second.Ledger.AudioMessages >= 14, "the caller's audio on the new connection", TimeSpan.FromSeconds(30));
        line.HangUp();
        Assert.Equal(CallEndReason.CallerHungUp, (await house.EndedAsync("u19-large")).EndReason);
        Assert.Equal(2, house.Gemini.Connections.Count);
    }

    // U19
    [Fact]
    public async Task Audio_after_turnComplete_is_a_turn_of_its_own()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndLine line = await house.LineAsync("u19-late");
        GeminiConnection connection = await house.ReadyAsync();
        short[] turn = Signals.Noise(24_000, 0.3, seed: 9);
        short[] late = Signals.Noise(24_000, 0.25, seed: 10);

        _ = connection.SayAsync(turn);
        await line.TurnsAsync(turn);
        connection.SendRaw(GeminiWords.Audio(late, mime: "audio/pcm"));
        await line.TurnsAsync(turn, late);

        EndToEndSound.AssertHeard(line.Events, 8000, turn, late);
        line.HangUp();
        await house.EndedAsync("u19-late");
    }

    // U19
    [Fact]
    public async Task Tool_calls_that_make_no_sense_are_each_answered_with_an_error()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndLine line = await house.LineAsync("u19-tools");
        GeminiConnection connection = await house.ReadyAsync();

        connection.SendRaw(GeminiWords.Tool("a", "reveal_prompt", "{}"));
        connection.SendRaw(GeminiWords.Tool("b", "reveal_prompt", $$"""{"x":"{{new string('x', 1024 * 1024)}}"}"""));
        connection.SendRaw(GeminiWords.Tool("c", "reveal_prompt", "[1,2]"));
        await connection.Ledger.ReceivedAsync("toolResponse", 3);

        JsonElement[] answers = [.. connection.Ledger.Received.Where(r => r.Kind == "toolResponse").Select(r => r.Json.GetProperty("toolResponse").GetProperty("functionResponses")[0])];
        Assert.Equal(["a", "b", "c"], answers.Select(a => a.GetProperty("id").GetString()!).Order());
        Assert.All(answers, answer => Assert.False(string.IsNullOrEmpty(answer.GetProperty("response").GetProperty("error").GetString())));
        Assert.Null(connection.Refused);
        line.HangUp();
        await house.EndedAsync("u19-tools");
        Assert.Equal(3, (await house.ReadAsync((_, log) => log.ToolCallsAsync(CallSid.Parse("u19-tools")))).Count);
    }

    // U19
    [Fact]
    public async Task A_second_call_with_the_id_of_one_under_way_is_refused_and_the_first_is_answered_once()
    {
        TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using AgentsLoopbackServer crm = await AgentsLoopbackServer.StartAsync((_, http) => released.Task.WaitAsync(http.RequestAborted));
        await using House house = await House.BuildAsync(House.Scripted, config => config with
        {
            Agents = [config.Agents[0] with { Tools = ["lookup"] }],
            Tools = [new ToolOptions { Name = "lookup", Description = "Looks up.", Url = crm.Url }],
        });
        EndToEndLine line = await house.LineAsync("u19-twice");
        GeminiConnection connection = await house.ReadyAsync();

        connection.SendRaw(GeminiWords.Tool("same", "lookup", "{}"));
        await crm.NextAsync();
        connection.SendRaw(GeminiWords.Tool("same", "lookup", "{}"));
        GeminiReceived refused = await connection.Ledger.ReceivedAsync("toolResponse");
        released.SetResult();
        GeminiReceived answered = await connection.Ledger.ReceivedAsync("toolResponse", 2);

        Assert.Contains("under way", refused.Text, StringComparison.Ordinal);
        Assert.Contains("\"output\"", answered.Text, StringComparison.Ordinal);
        Assert.Equal(1, crm.Count);
        line.HangUp();
        await house.EndedAsync("u19-twice");
    }

    // U21
    [Fact]
    public async Task Thirty_seconds_said_at_once_and_broken_off_are_heard_and_written_down_only_as_far_as_they_were_played()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndLine line = await house.LineAsync("u21");
        GeminiConnection connection = await house.ReadyAsync();
        short[] speech = Signals.Noise(24_000, 30, seed: 11);
        string words = string.Join(' ', Enumerable.Range(1, 300).Select(n => $"word{n}"));

        for (int at = 0; at < speech.Length; at += 24_000)
        {
            string said = string.Join(' ', words.Split(' ').Skip(at / 2400).Take(10));
            connection.SendRaw(GeminiWords.Audio(speech.AsSpan(at, 24_000), beside: $"\"outputTranscription\":{{\"text\":\" {said}\"}},"));
        }

        await line.HeardAsync(12_000);
        connection.SendRaw("""{"serverContent":{"interrupted":true}}""");
        connection.SendRaw(GeminiWords.TurnComplete);
        await line.WaitAsync(events => events.Any(e => e.Kind == "clear"), "clear");
        line.HangUp();
        Session row = await house.EndedAsync("u21");

        Assert.Equal("clear", line.Events.Last(e => e.Kind is "media" or "clear").Kind);
        short[] expected = EndToEndSound.Stream(speech, 24_000, 8000);
        Assert.True(line.Audio.Length < expected.Length / 2, "most of it was never sent");
        EndToEndSound.AssertSame(expected.AsSpan(0, line.Audio.Length), line.Audio);
        TurnRecord turn = Assert.Single(await house.ReadAsync((_, log) => log.TurnsAsync(row.CallSid)));
        Assert.True(turn.Interrupted);
        Assert.Equal(words, turn.Said);
        Assert.StartsWith(turn.Heard, words, StringComparison.Ordinal);
        Assert.InRange(turn.Heard.Length, 1, words.Length / 2);
        Assert.Equal(0, (await house.MetricsAsync())["playout_dropped_bytes_total"]);
    }
}
