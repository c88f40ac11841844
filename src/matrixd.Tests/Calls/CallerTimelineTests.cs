using Matrixd.Calls;
using Xunit;

namespace Matrixd.Tests.Calls;

// D5
public sealed class CallerTimelineTests
{
    private const int Rate = 8000;
    private const int Frame = 160; // 20 ms
    private const long Limit = 160; // ±20 ms

    [Fact]
    public void The_first_frame_stands_where_its_timestamp_says()
    {
        Assert.Equal(0, new CallerTimeline(Rate).Place(Frame, 1, 0, 1000));
        Assert.Equal(800, new CallerTimeline(Rate).Place(Frame, 1, 100, 1000));
    }

    [Fact]
    public void A_first_frame_without_a_believable_timestamp_ended_when_it_arrived()
    {
        Assert.Equal(1000 - Frame, new CallerTimeline(Rate).Place(Frame, 1, -1, 1000));
        Assert.Equal(1000 - Frame, new CallerTimeline(Rate).Place(Frame, 1, 60_000, 1000));
        Assert.Equal(80_000 - Frame, new CallerTimeline(Rate).Place(Frame, 1, 0, 80_000));
        Assert.Equal(0, new CallerTimeline(Rate).Place(Frame, 1, -1, 10));
    }

    [Theory]
    [InlineData(true, true)]
    [InlineData(true, false)]
    [InlineData(false, true)]
    [InlineData(false, false)]
    public void Frames_in_a_row_stand_in_a_row(bool sequenced, bool stamped)
    {
        CallerTimeline line = new(Rate);
        for (int i = 0; i < 5000; i++)
        {
            Assert.Equal(i * Frame, line.Place(Frame, sequenced ? i : -1, stamped ? i * 20 : -1, (i + 1) * Frame));
        }

        Assert.Equal(0, line.Gaps);
    }

    [Fact]
    public void A_gap_that_the_carrier_tells_of_is_a_gap()
    {
        CallerTimeline line = new(Rate);
        line.Place(Frame, 1, 0, Frame);
        line.Place(Frame, 2, 20, 2 * Frame);
        Assert.Equal(10 * Frame, line.Place(Frame, 11, 200, 11 * Frame)); // 160 ms are missing
        Assert.Equal(11 * Frame, line.Place(Frame, 12, 220, 12 * Frame));
        Assert.Equal(1, line.Gaps);
    }

    [Fact]
    public void A_jump_of_the_timestamps_that_no_clock_allows_is_no_gap()
    {
        CallerTimeline line = new(Rate);
        line.Place(Frame, 1, 0, Frame);
        Assert.Equal(Frame, line.Place(Frame, 2, 3_600_000, 2 * Frame));
        Assert.Equal(2 * Frame, line.Place(Frame, 3, 3_600_020, 3 * Frame));
        Assert.Equal(3 * Frame, line.Place(Frame, 4, 40, 4 * Frame)); // and back
        Assert.Equal(4 * Frame, line.Place(Frame, 5, 60, 5 * Frame));
        Assert.Equal(0, line.Gaps);
    }

    [Fact]
    public void Duplicates_and_frames_that_were_overtaken_are_dropped()
    {
        CallerTimeline line = new(Rate);
        line.Place(Frame, 10, 0, Frame);
        line.Place(Frame, 11, 20, 2 * Frame);
        Assert.Equal(CallerTimeline.Drop, line.Place(Frame, 11, 20, 2 * Frame));
        Assert.Equal(CallerTimeline.Drop, line.Place(Frame, 10, 0, 2 * Frame));
        Assert.Equal(2 * Frame, line.Place(Frame, 12, 40, 3 * Frame));
    }

    [Fact]
    public void Duplicates_show_by_their_timestamp_where_there_are_no_sequence_numbers()
    {
        CallerTimeline line = new(Rate);
        line.Place(Frame, -1, 0, Frame);
        line.Place(Frame, -1, 20, 2 * Frame);
        Assert.Equal(CallerTimeline.Drop, line.Place(Frame, -1, 20, 2 * Frame));
        Assert.Equal(2 * Frame, line.Place(Frame, -1, 40, 3 * Frame));
    }

    [Theory]
    [InlineData(1, -1)] // the sequence number stands still
    [InlineData(-1, 0)] // the timestamp stands still
    [InlineData(1, 0)] // both do
    public void Counters_that_stand_still_do_not_make_a_call_deaf(long sequence, long timestamp)
    {
        CallerTimeline line = new(Rate);
        int dropped = 0;
        for (int i = 0; i < 500; i++)
        {
            dropped += line.Place(Frame, sequence, timestamp, (i + 1) * Frame) == CallerTimeline.Drop ? 1 : 0;
        }

        Assert.InRange(dropped, 0, 10);
    }

    [Fact]
    public void A_sequence_number_that_stands_still_beside_good_timestamps_drops_nothing()
    {
        CallerTimeline line = new(Rate);
        for (int i = 0; i < 500; i++)
        {
            Assert.Equal(i * Frame, line.Place(Frame, 7, i * 20, (i + 1) * Frame));
        }
    }

    [Fact]
    public void Counters_of_32_bits_may_wrap()
    {
        CallerTimeline line = new(Rate);
        for (int i = 0; i < 100; i++)
        {
            long sequence = (uint)(uint.MaxValue - 50 + i);
            long stamp = (uint)(uint.MaxValue - 1000 + (i * 20));
            Assert.Equal(i * Frame, line.Place(Frame, sequence, stamp, (i + 1) * Frame));
        }

        Assert.Equal(0, line.Gaps);
    }

    [Theory]
    [InlineData(1500, true)]
    [InlineData(4000, true)]
    [InlineData(1500, false)]
    [InlineData(4000, false)]
    public void A_burst_after_the_network_stood_still_keeps_its_place(int stallMs, bool stamped)
    {
        CallerTimeline line = new(Rate);
        long stallEnd = 3000 + stallMs;
        long arrives = 0;
        for (int i = 0; i < 500; i++)
        {
            long sent = (i + 1) * 20;
            arrives = Math.Max(sent > 3000 && sent < stallEnd ? stallEnd : sent, arrives + 1); // a frame a millisecond, once it moves again
            long place = line.Place(Frame, i, stamped ? i * 20 : -1, arrives * Rate / 1000);
            Assert.InRange(place - (i * Frame), -Limit, Limit);
        }

        Assert.Equal(0, line.Gaps);
    }

    [Fact]
    public void Time_that_no_counter_tells_of_is_found_after_a_second()
    {
        CallerTimeline line = new(Rate);
        for (int i = 0; i < 100; i++)
        {
            line.Place(Frame, i, -1, (i + 1) * Frame);
        }

        const long Hole = 5 * Rate; // a carrier that held the line and counted nothing
        long place = 0;
        for (int i = 100; i < 160; i++)
        {
            place = line.Place(Frame, i, -1, Hole + ((i + 1) * Frame));
        }

        Assert.InRange(place - (Hole + (159 * Frame)), -Limit, Limit);
        Assert.Equal(1, line.Gaps);
    }

    [Fact]
    public void Audio_is_never_newer_than_its_arrival()
    {
        CallerTimeline line = new(Rate);
        line.Place(Frame, 1, 0, 2000); // its way took long
        for (int i = 1; i < 200; i++)
        {
            long arrival = Math.Max(2000, Frame * (i + 1)); // theirs does not
            long place = line.Place(Frame, 1 + i, i * 20, arrival);
            Assert.True(place + Frame <= arrival + (Rate / 5), $"frame {i}: {place} for {arrival}");
        }
    }

    [Fact]
    public void Absurd_counters_throw_nothing()
    {
        CallerTimeline line = new(Rate);
        long[] absurd = [long.MaxValue, long.MaxValue - 1, 0, -1, int.MaxValue, uint.MaxValue, 1L << 62];
        long arrival = 0;
        foreach (long sequence in absurd)
        {
            foreach (long timestamp in absurd)
            {
                arrival += Frame;
                long place = line.Place(Frame, sequence, timestamp, arrival);
                Assert.True(place == CallerTimeline.Drop || (place >= 0 && place <= arrival + (Rate / 5)), $"{sequence} {timestamp}: {place}");
            }
        }
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    [InlineData(24000)]
    public void Whatever_a_line_does_frames_stand_where_they_were_spoken(int rate)
    {
        for (int seed = 0; seed < 200; seed++)
        {
            Random random = new(seed);
            int frameMs = random.Next(3) switch { 0 => 20, 1 => 40, _ => 100 };
            int length = rate * frameMs / 1000;
            CallerTimeline line = new(rate);
            uint sequence = (uint)random.NextInt64(uint.MaxValue);
            uint stampBase = (uint)random.NextInt64(uint.MaxValue);
            long arrival = 0;
            long spoken = 0;
            for (int i = 0; i < 400; i++)
            {
                int fate = i == 0 ? 50 : random.Next(100);
                if (fate < 2)
                {
                    spoken += random.Next(1, 10) * length; // lost
                    continue;
                }

                sequence++;
                long jitter = fate < 20 ? random.Next(0, 150) * rate / 1000 : 0;
                long stall = fate == 99 ? random.Next(0, 900) * rate / 1000 : 0;
                arrival = Math.Max(arrival, spoken + length + jitter + stall);
                long stamp = (uint)(stampBase + (uint)(spoken * 1000 / rate));
                long place = line.Place(length, sequence, stamp, arrival);
                Assert.True(Math.Abs(place - spoken) <= rate / 50, $"seed {seed}, frame {i}: {place} for {spoken}");
                if (fate is >= 90 and < 95)
                {
                    Assert.Equal(CallerTimeline.Drop, line.Place(length, sequence, stamp, arrival)); // twice
                }

                spoken += length;
            }
        }
    }
}
