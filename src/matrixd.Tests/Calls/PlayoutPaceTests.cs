using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

// U21, D10
public sealed class PlayoutPaceTests
{
    [Theory]
    [InlineData(8000, 300)]
    [InlineData(16000, 300)]
    [InlineData(24000, 300)]
    [InlineData(8000, 0)]
    [InlineData(24000, 1000)]
    public void A_burst_of_half_a_minute_is_sent_in_real_time(int rate, int leadMs)
    {
        CallsPlayoutRig rig = new(rate, leadMs);
        rig.Write(Signals.Noise(24_000, 30, seed: 1));
        rig.Playout.EndTurn();
        rig.Pump();
        rig.Pass(15_000);
        Assert.InRange(rig.Leg.PcmBytes / 2.0 / rate, 15 + (leadMs / 1000.0), 15.2 + (leadMs / 1000.0));
        rig.Pass(16_000);

        Assert.True(rig.Leg.PcmBytes >= 60 * rate, "not all was sent");
        Assert.True(rig.WorstAhead <= 1.001, $"the ear was ahead by the lead and {rig.WorstAhead:0.00} chunks");
        Assert.Equal(leadMs == 0 ? rig.Underruns : 0, rig.Underruns);
        Assert.Equal(leadMs == 0 ? rig.Counters.PlayoutUnderruns : 0, rig.Counters.PlayoutUnderruns);
    }

    [Fact]
    public void Marks_stand_at_the_end_of_a_turn_and_at_least_once_a_second()
    {
        CallsPlayoutRig rig = new(8000);
        rig.Write(Signals.Noise(24_000, 4.5, seed: 1));
        rig.Playout.EndTurn();
        rig.Pump();
        rig.Pass(6000);

        int sinceMark = 0;
        foreach (string told in rig.Leg.Told)
        {
            sinceMark = told.StartsWith("mark", StringComparison.Ordinal) ? 0 : sinceMark + int.Parse(told.AsSpan(6));
            Assert.InRange(sinceMark, 0, (8000 + 1600 + 1440) * 2); // a second, and the chunk that reaches it
        }

        Assert.StartsWith("mark", rig.Leg.Told[^1], StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(1, rig.Leg.Marks.Count).Select(n => (long)n), rig.Leg.Marks);
    }

    [Fact]
    public void A_congested_line_is_given_nothing_and_gets_everything_when_it_recovers()
    {
        short[] pcm = Signals.Noise(24_000, 3, seed: 1);
        CallsPlayoutRig rig = new(8000);
        rig.Leg.QueuedBytes = 100_000;
        rig.Write(pcm);
        rig.Playout.EndTurn();
        rig.Pump();
        rig.Pass(2000);
        Assert.Empty(rig.Leg.Told);

        rig.Leg.QueuedBytes = 0;
        rig.Pass(5000);

        PlayoutTests.AssertLegal(rig.Leg, 0);
        PlayoutTests.AssertTurn(CallsPlayoutRig.Resampled(pcm, 24_000, 8000), rig.Leg.Pcm, 0);
        Assert.True(rig.WorstAhead <= 1.001);
    }

    [Fact]
    public void A_carrier_that_echoes_marks_on_receipt_is_still_given_real_time()
    {
        CallsPlayoutRig rig = new(8000);
        int echoed = 0;
        rig.Write(Signals.Noise(24_000, 30, seed: 1));
        rig.Playout.EndTurn();
        rig.Pump();
        for (int i = 0; i < 2000; i++)
        {
            while (echoed < rig.Leg.Marks.Count)
            {
                rig.Playout.MarkEchoed(rig.Leg.Marks[echoed++], rig.Now);
                rig.Pump();
            }

            rig.Pass(5);
        }

        Assert.InRange(rig.Leg.PcmBytes / 2 / 8000.0, 10.0, 10.6);
        Assert.True(rig.WorstAhead <= 1.001);
    }

    [Fact]
    public void Marks_that_come_late_slow_the_sending_down_by_as_much_and_no_more()
    {
        // The carrier really stands 400 ms behind from the third second on.
        CallsPlayoutRig rig = new(8000);
        Queue<(long Due, long Mark)> echoes = new();
        int seen = 0;
        rig.Write(Signals.Noise(24_000, 20, seed: 1));
        rig.Playout.EndTurn();
        rig.Pump();
        for (int i = 0; i < 4400; i++)
        {
            for (; seen < rig.Leg.Marks.Count; seen++)
            {
                long playedAt = rig.Playout.Clock.Sent; // position of the mark; the run began at 0
                echoes.Enqueue((playedAt + (playedAt > 3 * 8000 ? 3200 : 0), rig.Leg.Marks[seen]));
            }

            while (echoes.TryPeek(out (long Due, long Mark) echo) && echo.Due <= rig.Now)
            {
                rig.Playout.MarkEchoed(echoes.Dequeue().Mark, rig.Now);
                rig.Pump();
            }

            rig.Pass(5);
            if (i == 1800)
            {
                long ahead = rig.Playout.Clock.Sent - (rig.Now - 3200); // of the ear that stands 400 ms behind
                Assert.InRange(ahead, 1600, 2400 + 1600 + 1600);
            }
        }

        Assert.True(rig.Leg.PcmBytes >= 20 * 16_000);
    }

    [Fact]
    public void One_echo_that_comes_half_a_minute_late_does_not_silence_the_caller()
    {
        CallsPlayoutRig rig = new(8000);
        rig.Write(Signals.Noise(24_000, 60, seed: 1));
        rig.Playout.EndTurn();
        rig.Pump();
        rig.Pass(10_000);
        long before = rig.Leg.PcmBytes;
        rig.Playout.MarkEchoed(rig.Leg.Marks[0], rig.Now); // nine seconds old
        rig.Pump();
        rig.Pass(3000);

        Assert.True(rig.Leg.PcmBytes > before, "three seconds of silence for one late echo");
    }

    [Fact]
    public void Marks_that_were_never_sent_or_came_twice_say_nothing()
    {
        CallsPlayoutRig rig = new(8000);
        rig.Write(Signals.Noise(24_000, 5, seed: 1));
        rig.Playout.EndTurn();
        rig.Pump();
        rig.Pass(1200);
        foreach (long mark in (long[])[-1, 0, 999, long.MaxValue])
        {
            rig.Playout.MarkEchoed(mark, rig.Now);
        }

        Assert.Equal(0, rig.Counters.MarksEchoed);
        rig.Playout.MarkEchoed(1, rig.Now);
        Assert.Equal(1, rig.Counters.MarksEchoed); // the unknown ones did not sweep it away
        rig.Playout.MarkEchoed(1, rig.Now);
        Assert.Equal(1, rig.Counters.MarksEchoed);
    }

    [Fact]
    public void After_a_clear_the_old_marks_say_nothing_and_new_ones_have_new_numbers()
    {
        CallsPlayoutRig rig = new(8000);
        rig.Write(Signals.Noise(24_000, 5, seed: 1));
        rig.Playout.EndTurn();
        rig.Pump();
        rig.Pass(1000);
        long[] old = [.. rig.Leg.Marks];
        long heard = rig.Playout.Interrupt(rig.Now);
        Assert.Equal(8000, heard);

        foreach (long mark in old)
        {
            rig.Playout.MarkEchoed(mark, rig.Now);
        }

        Assert.Equal(0, rig.Counters.MarksEchoed);
        Assert.Equal(8000, rig.Playout.Clock.Played(rig.Now + 4000));
        rig.Write(Signals.Noise(24_000, 0.1, seed: 1));
        rig.Playout.EndTurn();
        rig.Pump();
        Assert.DoesNotContain(rig.Leg.Marks[^1], old);
    }

    [Fact]
    public void A_carrier_that_never_echoes_hears_every_turn_all_the_same()
    {
        CallsPlayoutRig rig = new(8000);
        for (int turn = 0; turn < 40; turn++)
        {
            rig.Write(Signals.Noise(24_000, 0.5, seed: turn));
            rig.Playout.EndTurn();
            rig.Pump();
            rig.Pass(700);
            Assert.False(rig.Playout.IsPlaying(rig.Now));
        }

        Assert.Equal(40, rig.Leg.Marks.Count);
        Assert.Equal(0, rig.Counters.PlayoutUnderruns);
    }
}
