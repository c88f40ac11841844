using Matrixd.Audio;
using Matrixd.Calls;
using Matrixd.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Matrixd.Tests.Calls;

/// <summary>The last second of a recording: what may still be written, where it ends up, and how much of it a kill can cost.</summary>
public sealed class RecordingTimelineTests : IDisposable
{
    private static readonly TimeSpan s_ahead = TimeSpan.FromMilliseconds(800);

    private readonly string _directory = Directory.CreateTempSubdirectory("matrixd-recordings-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_side_is_right_wherever_its_window_begins_and_whatever_is_written()
    {
        const int Length = 11;
        for (int first = 0; first < Length; first++)
        {
            for (int place = 0; place < Length; place++)
            {
                for (int count = 0; count <= Length - place; count++)
                {
                    RecordingSide side = new(Length);
                    short[] expected = new short[Length];
                    side.MoveOn(first);
                    short[] pcm = [.. Enumerable.Range(1, count).Select(i => (short)i)];
                    side.Write(place, pcm);
                    pcm.CopyTo(expected, place);
                    side.Silence(place + (count / 3), count / 2);
                    expected.AsSpan(place + (count / 3), count / 2).Clear();

                    Assert.Equal(expected, Drained(ref side));
                    Assert.Equal(new short[Length], Drained(ref side)); // and is silence behind what was taken
                }
            }
        }
    }

    // Frames in time, late, overlapping, from before and of any length; audio ahead; standstills; interruptions. Held against one long array.
    [Theory]
    [InlineData(8000, 1)]
    [InlineData(8000, 2)]
    [InlineData(8000, 3)]
    [InlineData(16_000, 4)]
    [InlineData(24_000, 5)]
    public async Task Whatever_is_written_when_stands_where_it_belongs(int rate, int seed)
    {
        Random random = new(seed);
        int ms = rate / 1000;
        int length = 60 * rate;
        short[] caller = new short[2 * length], heard = new short[2 * length];
        RecordingWriter writer = Writer();
        RecordingFile file = writer.Open(CallSid.Parse($"any-{seed}"), rate);
        RecordingTimeline timeline = new(file, rate, s_ahead);
        long now = 0;
        int kept = 0, late = 0;
        while (now < length)
        {
            now += random.Next(40) == 0 ? random.Next(1500 * ms) : random.Next(30 * ms);
            short[] pcm = Noise(random, random.Next(30) == 0 ? random.Next(2000 * ms) : random.Next(100 * ms));
            switch (random.Next(8))
            {
                case < 4:
                    long position = Math.Max(0, now - (random.Next(3) == 0 ? random.Next(800 * ms) : 0) - pcm.Length + random.Next(200 * ms));
                    long before = timeline.Final;
                    timeline.WriteCaller(position, pcm);
                    Copy(pcm, caller, position, pcm.Length > 1000 * ms ? before : timeline.Final); // more than a window goes through it
                    (kept, late) = position >= timeline.Final ? (kept + 1, late) : (kept, late + 1);
                    break;
                case < 6:
                    timeline.Advance(now);
                    long at = Math.Max(0, now + random.Next(700 * ms) - (random.Next(4) == 0 ? 700 * ms : 0));
                    pcm = pcm[..(int)Math.Min(pcm.Length, now + (800 * ms) - at)];
                    timeline.WriteHeard(at, pcm);
                    Copy(pcm, heard, at, timeline.Final);
                    break;
                case 6 when random.Next(4) == 0:
                    timeline.ClearHeard(now);
                    heard.AsSpan((int)Math.Max(now, timeline.Final)..).Clear();
                    break;
                default:
                    timeline.Advance(now);
                    Assert.True(now - timeline.Final <= 730 * ms);
                    break;
            }
        }

        timeline.ClearHeard(now);
        timeline.Complete(now);
        await file.Finished.WaitAsync(TimeSpan.FromSeconds(30));
        await writer.DisposeAsync();
        WavAudio wav = WavFile.Read(file.Path);
        Assert.Equal(now, wav.Samples.Length / 2);
        Assert.True(kept > 500 && late > 10, $"{kept} kept, {late} late");
        Assert.Equal(caller[..(int)now], RecordingTests.Channel(wav, 0));
        Assert.Equal(heard[..(int)now], RecordingTests.Channel(wav, 1));
    }

    [Fact]
    public async Task A_frame_longer_than_the_window_is_kept_whole()
    {
        await using RecordingWriter writer = Writer();
        RecordingFile file = writer.Open(CallSid.Parse("long"), 8000);
        RecordingTimeline timeline = new(file, 8000, s_ahead);
        short[] pcm = Signals.Noise(8000, 5, seed: 1);
        timeline.WriteCaller(0, pcm);
        timeline.Complete(pcm.Length);
        await file.Finished.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(pcm, RecordingTests.Channel(WavFile.Read(file.Path), 0));
    }

    // The writer gathers for 50 ms: what is older than 950 ms must have been handed over at any moment.
    [Theory]
    [InlineData(0, 20)] // frames in time
    [InlineData(250, 20)]
    [InlineData(450, 20)] // as the network delays them
    [InlineData(690, 20)]
    [InlineData(5000, 200)] // none at all: housekeeping alone
    public async Task At_no_moment_is_more_than_a_second_kept_from_the_disk(int lateMs, int everyMs)
    {
        await using RecordingWriter writer = Writer();
        RecordingFile file = writer.Open(CallSid.Parse("kill"), 8000);
        RecordingTimeline timeline = new(file, 8000, s_ahead);
        long most = 0;
        int handedOver = 0;
        for (int now = 0; now < 20_000; now += everyMs)
        {
            long final = timeline.Final;
            most = Math.Max(most, (now * 8) - final);
            if (now - lateMs >= 20 && everyMs == 20)
            {
                timeline.WriteCaller((now - lateMs - 20) * 8, new short[160]);
            }

            timeline.Advance(now * 8);
            handedOver += timeline.Final > final ? 1 : 0;
        }

        Assert.InRange(most, 700 * 8, 950 * 8);
        if (lateMs == 0)
        {
            Assert.InRange(handedOver, 40, 48); // blocks of 440 ms: a write each is what recordings cost
        }
    }

    [Fact]
    public async Task A_kill_in_the_middle_of_a_call_or_of_a_standstill_costs_at_most_a_second()
    {
        await using CallStory story = CallStory.Joined(options: o => o with { RecordingDirectory = _directory });
        story.Model.Says(Signals.Tone(400, 24_000, 20));
        int now = 0;
        async Task HoldsAsync(int passed)
        {
            now += passed;
            string part = story.Call.Media.RecordingFile!.Path + RecordingRepair.PartSuffix;
            long least = WavHeader.Length + ((now - 950) * 8 * 4);
            await Eventually.TrueAsync(() => now < 950 || (File.Exists(part) && new FileInfo(part).Length >= least), $"after {now} ms, {least} bytes");
        }

        for (int frame = 0; frame < 120; frame++)
        {
            story.Line(20);
            await HoldsAsync(20);
        }

        for (int step = 0; step < 150; step++) // no frames, and the model speaks on
        {
            story.Pass(15);
            await HoldsAsync(15);
        }
    }

    // Rates that no other test has: the rings of an ended call would serve again.
    [Theory]
    [InlineData(8016, 41_000)]
    [InlineData(24_016, 122_000)]
    public async Task A_call_takes_no_more_memory_for_its_recording_than_its_window_needs(int rate, long bytes)
    {
        await using RecordingWriter writer = Writer();
        RecordingFile file = writer.Open(CallSid.Parse("memory"), rate);
        long before = GC.GetAllocatedBytesForCurrentThread();
        RecordingTimeline timeline = new(file, rate, s_ahead);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, bytes * 9 / 10, bytes);
        GC.KeepAlive(timeline);
    }

    [Fact]
    public async Task A_call_takes_the_memory_of_one_that_has_ended_and_hears_nothing_of_it()
    {
        const int Rate = 7990; // of no other test
        await using RecordingWriter writer = Writer();
        short[] loud = Signals.Noise(Rate, 2, seed: 1);
        RecordingTimeline first = new(writer.Open(CallSid.Parse("first"), Rate), Rate, s_ahead);
        for (int now = 0; now < loud.Length; now += Rate / 10)
        {
            first.WriteCaller(now, loud.AsSpan(now, Rate / 10));
            first.WriteHeard(now, loud.AsSpan(now, Rate / 10));
            first.Advance(now);
        }

        first.WriteHeard(loud.Length, loud.AsSpan(0, Rate / 2)); // what is never heard
        first.Complete(loud.Length);
        RecordingFile file = writer.Open(CallSid.Parse("second"), Rate);

        long before = GC.GetAllocatedBytesForCurrentThread();
        RecordingTimeline second = new(file, Rate, s_ahead);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 1000);
        second.WriteHeard(100, [1, 2, 3]);
        second.Complete(2 * Rate);

        await file.Finished.WaitAsync(TimeSpan.FromSeconds(30));
        WavAudio wav = WavFile.Read(file.Path);
        Assert.Equal(2 * Rate, wav.Samples.Length / 2);
        Assert.All(RecordingTests.Channel(wav, 0), sample => Assert.Equal(0, sample));
        Assert.Equal([1, 2, 3], RecordingTests.Channel(wav, 1)[100..103]);
        Assert.Equal(6, RecordingTests.Channel(wav, 1).Sum(sample => sample));
    }

    [Fact]
    public async Task What_comes_after_the_end_of_a_call_reaches_no_other()
    {
        const int Rate = 7970; // of no other test
        await using RecordingWriter writer = Writer();
        RecordingTimeline ended = new(writer.Open(CallSid.Parse("ended"), Rate), Rate, s_ahead);
        ended.Complete(Rate);
        RecordingFile file = writer.Open(CallSid.Parse("next"), Rate);
        RecordingTimeline next = new(file, Rate, s_ahead);

        ended.WriteCaller(Rate, Signals.Noise(Rate, 0.1, seed: 1));
        ended.WriteHeard(Rate, Signals.Noise(Rate, 0.1, seed: 2));
        ended.Advance(3 * Rate);
        next.Complete(Rate);

        await file.Finished.WaitAsync(TimeSpan.FromSeconds(30));
        Assert.All(WavFile.Read(file.Path).Samples, sample => Assert.Equal(0, sample));
    }

    private static short[] Drained(ref RecordingSide side)
    {
        List<short> all = [];
        while (all.Count < side.Length)
        {
            ReadOnlySpan<short> run = side.Run(side.Length - all.Count);
            all.AddRange(run);
            side.MoveOn(run.Length);
        }

        return [.. all];
    }

    private static void Copy(short[] pcm, short[] to, long position, long final)
    {
        for (int i = 0; i < pcm.Length; i++)
        {
            if (position + i >= final)
            {
                to[position + i] = pcm[i];
            }
        }
    }

    private static short[] Noise(Random random, int length)
    {
        short[] noise = new short[length];
        random.NextBytes(System.Runtime.InteropServices.MemoryMarshal.AsBytes(noise.AsSpan()));
        return noise;
    }

    private RecordingWriter Writer() => new(_directory, new CallsClock(), new CallCounters(), NullLogger<RecordingWriter>.Instance, new CallsRecordingDisk());
}
