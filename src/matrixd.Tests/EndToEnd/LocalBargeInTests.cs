using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>Our own ear for interruptions, over real sockets and in real time.</summary>
public sealed class LocalBargeInTests
{
    [Fact]
    public async Task After_a_word_of_assent_the_answer_goes_on_where_it_was_not_heard()
    {
        await using House house = await House.BuildAsync(
            House.Scripted, config => config with { Calls = config.Calls with { BargeIn = new BargeInOptions { IsLocal = true, StartGrace = TimeSpan.Zero } } });
        EndToEndLine line = await house.LineAsync("haan");
        GeminiConnection connection = await house.ReadyAsync();
        short[] said = Signals.Noise(24_000, 20, seed: 31);
        _ = connection.SayAsync(said);
        await line.HeardAsync(1600);

        await PlayAsync(line, new short[8 * 1000], () => false);
        await PlayAsync(line, Signals.Speech(8000, 0.36), () => false);
        await PlayAsync(line, new short[8 * 20_000], () => EndToEndLine.AfterClear(line.Events).Sum(e => e.Pcm.Length) >= 4000 && line.Events.Any(e => e.Kind == "clear"));
        line.HangUp();
        await house.EndedAsync("haan");

        Assert.Single(line.Events, e => e.Kind == "clear");
        EndToEndMetrics metrics = await house.MetricsAsync();
        Assert.Equal((1, 1, 0, 0), (metrics["playout_pauses_total"], metrics["playout_resumes_total"], metrics["barge_ins_total"], metrics["local_barge_ins_total"]));
        EndToEndSound.AssertLegal(line.Events);
        short[] expected = EndToEndSound.Turn(said, 24_000, 8000);
        short[] before = [.. line.Events.TakeWhile(e => e.Kind != "clear").SelectMany(e => e.Pcm)];
        short[] after = [.. EndToEndLine.AfterClear(line.Events).SelectMany(e => e.Pcm)];
        EndToEndSound.AssertSame(expected.AsSpan(0, before.Length), before);
        int first = after.AsSpan().IndexOfAnyExcept((short)0);
        int found = EndToEndSound.Find(expected, after.AsSpan(first + 100, 1000)); // behind the fade
        Assert.InRange(found, 1, before.Length); // the lead that was sent and not heard comes again, and no sample is left out
    }

    // A carrier's frames, in real time, until enough has happened.
    private static async Task PlayAsync(EndToEndLine line, short[] pcm, Func<bool> isEnough)
    {
        const int Frame = 160;
        using PeriodicTimer pace = new(TimeSpan.FromMilliseconds(20));
        for (int at = 0; at + Frame <= pcm.Length && !isEnough(); at += Frame)
        {
            line.Media(pcm.AsSpan(at, Frame));
            await pace.WaitForNextTickAsync();
        }
    }
}
