using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

public class CallTests
{
    [Fact]
    public async Task A_caller_who_speaks_hears_the_model_and_leaves_a_row_a_transcript_and_a_recording()
    {
        await using House house = await House.BuildAsync(new GeminiSimulatorOptions { Tls = true });
        short[] speech = Signals.Speech(8000, seconds: 1.5);

        ExotelCaller caller = await house.CallAsync(house.Caller("call-1", speech) with { Linger = TimeSpan.FromSeconds(6) });
        CallerReport report = await caller.Completion;

        Assert.Equal(0, report.Violations);
        Assert.True(report.HeardMs > 1000, $"heard {report.HeardMs} ms");
        Session row = await house.EndedAsync("call-1");
        Assert.Equal(CallEndReason.CallerHungUp, row.EndReason);
        await Eventually.TrueAsync(() => File.Exists(row.RecordingPath), "the recording has its name");
        IReadOnlyList<TurnRecord> turns = await house.ReadAsync((_, log) => log.TurnsAsync(row.CallSid));
        Assert.Contains(turns, turn => turn.Speaker == Speaker.Model);
        Assert.Contains(turns, turn => turn.Speaker == Speaker.Caller);
    }

    [Fact]
    public async Task A_caller_who_talks_over_the_answer_is_heard_and_the_answer_stops()
    {
        await using House house = await House.BuildAsync(new GeminiSimulatorOptions());
        short[] speech = Signals.Speech(8000, seconds: 2);

        ExotelCaller caller = await house.CallAsync(house.Caller("call-2", speech) with { BargeAt = TimeSpan.FromSeconds(2.5), Linger = TimeSpan.FromSeconds(5) });
        CallerReport report = await caller.Completion;

        Assert.Equal(0, report.Violations);
        Assert.Equal(1, report.Clears);
        Session row = await house.EndedAsync("call-2");
        IReadOnlyList<TurnRecord> turns = await house.ReadAsync((_, log) => log.TurnsAsync(row.CallSid));
        Assert.Single(turns, turn => turn is { Speaker: Speaker.Model, Interrupted: true });
        Assert.Equal(1, (await house.MetricsAsync())["barge_ins_total"]);
    }
}
