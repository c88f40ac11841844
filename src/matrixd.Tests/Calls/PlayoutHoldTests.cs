using System.Runtime.InteropServices;
using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

/// <summary>A carrier's line that stands still or is too slow. L7, L8.</summary>
public sealed class PlayoutHoldTests
{
    private const int Buffers = 48 * 1024; // what lies between our queue and the carrier: Kestrel's pipe, the kernel

    private const int Base = 2400 + 3200; // the lead, and a closing chunk

    // What the buffers take, and the lead with two chunks behind them: the clock knows what has not left us.
    private const int MostUnheard = ((Buffers + 9000) * 3 / 8) + Base;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_line_that_stands_still_for_ten_seconds_delays_the_answer_and_nothing_after_it(bool echoes)
    {
        FakeCallerLeg leg = new();
        CallsEar ear = new(leg, 8000) { Buffers = Buffers };
        Playout playout = new(leg, 8000, TimeSpan.FromMilliseconds(300), null, new CallCounters());
        long now = 0;
        long again = long.MaxValue;
        ear.OnEcho = echoes ? mark => playout.MarkEchoed(mark, now) : null;
        short[] first = Signals.Noise(24_000, 30, seed: 1);
        short[] second = Signals.Noise(24_000, 5, seed: 2);
        Say(first);
        Pass(3000, most: Base);

        ear.BytesPerSecond = 0;
        Pass(10_000, most: MostUnheard);
        ear.BytesPerSecond = double.PositiveInfinity;
        Pass(10_000, most: MostUnheard); // what was on its way comes at once
        Pass(20_000, most: echoes ? Base + 480 : MostUnheard); // marks tell how late it is heard
        Pass(10_000, most: MostUnheard);
        Assert.Equal(0, ear.Unheard);

        Say(second);
        Pass(8000, most: Base);

        Assert.True(ear.Heard.IndexOf(Resampled(first).AsSpan(0, 2 * 8000)) >= 0);
        Assert.True(ear.Heard.IndexOf(Resampled(second)) >= 0, "the next turn has its place");
        ReadOnlySpan<short> sent = MemoryMarshal.Cast<byte, short>(leg.Pcm);
        Assert.True(sent.StartsWith(Resampled(first)), "nothing of the answer is lost");

        void Say(short[] pcm)
        {
            playout.Write(Samples16.BytesOf(pcm), 24_000, now);
            playout.EndTurn();
            again = playout.Pump(now);
        }

        void Pass(int milliseconds, int most)
        {
            for (int i = 0; i < milliseconds; i += 5)
            {
                ear.Pass(40);
                now += 40;
                again = again == long.MaxValue ? again : again - 40;
                if (again <= 0 || i % 200 == 0)
                {
                    again = playout.Pump(now);
                }

                Assert.True(ear.Unheard <= most, $"{ear.Unheard} samples on their way at {now / 8} ms, {most} are the most");
            }
        }
    }

    [Fact]
    public async Task A_line_on_which_the_caller_is_ten_seconds_late_is_given_up_with_a_reason()
    {
        await using CallStory story = CallStory.Joined();
        CallsEar ear = new(story.Caller, 8000) { Buffers = Buffers, BytesPerSecond = 8000 }; // 64 kbit/s
        story.Passed = ear.Pass;
        story.Model.Says(Signals.Noise(24_000, 60, seed: 1));
        story.Model.EndsTurn();
        story.Line(14_000);
        Assert.False(story.HasEnded); // not yet that late

        for (int i = 0; i < 100 && !story.HasEnded; i++)
        {
            story.Line(500);
            Assert.True(ear.Unheard <= MostUnheard, $"{ear.Unheard} samples on their way");
        }

        Assert.Equal(CallEndReason.MediaLost, await story.EndedAsync());
        Assert.Contains("10 s late", story.Call.EndDetail, StringComparison.Ordinal);
        Assert.True(story.Counters.PlayoutHeldMilliseconds > 5000);
    }

    [Fact]
    public async Task Turns_that_leave_a_slow_line_time_to_catch_up_are_no_reason()
    {
        await using CallStory story = CallStory.Joined();
        CallsEar ear = new(story.Caller, 8000) { Buffers = Buffers, BytesPerSecond = 12_000 };
        story.Passed = ear.Pass;
        for (int i = 0; i < 6; i++)
        {
            story.Model.Says(Signals.Noise(24_000, 8, seed: 1));
            story.Model.EndsTurn();
            story.Line(25_000);
        }

        Assert.False(story.HasEnded);
    }

    private static short[] Resampled(short[] pcm) => MemoryMarshal.Cast<byte, short>(CallsPlayoutRig.Resampled(pcm, 24_000, 8000)).ToArray();
}
