using Matrixd.Audio;
using Matrixd.Calls;
using Matrixd.Tests.Support;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Matrixd.Tests.Calls;

public sealed class RecordingTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("matrixd-recordings-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    [InlineData(24000)]
    public async Task Both_sides_stand_sample_for_sample_where_they_were_heard(int rate)
    {
        CallStory story = CallStory.Joined(rate, o => o with { RecordingDirectory = _directory });
        short[] spoken = Signals.Noise(rate, 4, seed: 1);
        short[] answer = Signals.Noise(24_000, 1, seed: 2);
        story.Line(1000, spoken);
        story.Model.Says(answer);
        story.Model.EndsTurn();
        story.Line(2000, spoken[rate..]);
        await story.HangUpAsync();
        WavAudio wav = await ReadAsync(story);

        Assert.Equal(rate, wav.SampleRate);
        Assert.Equal(3 * rate, wav.Samples.Length / 2);
        Assert.Equal(spoken[..(3 * rate)], Channel(wav, 0));
        byte[] resampled = CallsPlayoutRig.Resampled(answer, 24_000, rate);
        short[] expected = [.. new short[rate], .. Samples16.Of(resampled)];
        short[] heard = Channel(wav, 1);
        Assert.Equal(expected, heard[..expected.Length]);
        Assert.False(heard.AsSpan(expected.Length).ContainsAnyExcept((short)0));
    }

    [Fact]
    public async Task A_long_call_wraps_the_ring_many_times_and_loses_nothing()
    {
        CallStory story = CallStory.Joined(options: o => o with { RecordingDirectory = _directory });
        short[] spoken = Signals.Noise(8000, 30, seed: 1);
        story.Model.Says(Signals.Tone(400, 24_000, 25));
        story.Line(30_000, spoken);
        await story.HangUpAsync();
        WavAudio wav = await ReadAsync(story);

        Assert.Equal(spoken, Channel(wav, 0));
        byte[] tone = CallsPlayoutRig.Resampled(Signals.Tone(400, 24_000, 25), 24_000, 8000);
        Assert.Equal(Samples16.Of(tone).ToArray(), Channel(wav, 1)[..(tone.Length / 2)]);
        Assert.Equal(0, story.Counters.RecordingBlocksDropped);
    }

    [Fact]
    public async Task A_line_that_stood_still_is_silence_in_the_recording_and_moves_nothing()
    {
        CallStory story = CallStory.Joined(options: o => o with { RecordingDirectory = _directory });
        short[] spoken = Signals.Noise(8000, 1, seed: 1);
        story.Line(400, spoken);
        story.Pass(3000); // nothing comes; the carrier does not count it
        story.Line(400, spoken[3200..]);
        await story.HangUpAsync();
        WavAudio wav = await ReadAsync(story);

        Assert.Equal(3800 * 8, wav.Samples.Length / 2);
        Assert.Equal(spoken[..3200], Channel(wav, 0)[..3200]);
        Assert.False(Channel(wav, 0).AsSpan(3200, 2500 * 8).ContainsAnyExcept((short)0));
    }

    [Fact]
    public async Task A_network_that_stands_still_for_half_a_second_tears_no_hole_into_the_recording()
    {
        CallStory story = CallStory.Joined(options: o => o with { RecordingDirectory = _directory });
        short[] spoken = Signals.Noise(8000, 3, seed: 1);
        story.Line(1000, spoken);
        story.Pass(640); // held up
        for (int frame = 50; frame < 50 + 32; frame++)
        {
            story.Frame(spoken.AsSpan(frame * 160, 160)); // all at once
        }

        story.Line(1000, spoken[(82 * 160)..]);
        await story.HangUpAsync();
        WavAudio wav = await ReadAsync(story);

        Assert.Equal(spoken[..(132 * 160)], Channel(wav, 0)[..(132 * 160)]);
    }

    [Fact]
    public async Task Frames_that_come_late_are_put_where_they_belong()
    {
        await using RecordingWriter writer = Writer(new CallCounters());
        RecordingFile file = writer.Open(CallSid.Parse("late"), 8000);
        RecordingTimeline timeline = new(file, 8000, TimeSpan.FromMilliseconds(800));
        short[] pcm = Signals.Noise(8000, 0.1, seed: 1);
        timeline.WriteCaller(4800, pcm);
        timeline.Advance(4000 + 2300);
        timeline.WriteCaller(4000, pcm); // begins 290 ms late, still in time
        timeline.WriteHeard(0, pcm); // too late: given to the disk
        timeline.WriteHeard(1_000_000, pcm); // too far ahead
        timeline.Complete(8000);
        await file.Finished;

        WavAudio wav = WavFile.Read(file.Path);
        short[] caller = Channel(wav, 0);
        Assert.Equal(pcm, caller[4800..5600]);
        Assert.Equal(pcm, caller[4000..4800]);
        Assert.Equal(8000, caller.Length);
        Assert.False(Channel(wav, 1).AsSpan().ContainsAnyExcept((short)0));
    }

    [Fact]
    public async Task A_directory_that_cannot_be_written_costs_the_recording_and_not_the_call()
    {
        string blocked = Path.Combine(_directory, "a-file");
        await File.WriteAllTextAsync(blocked, "not a directory");
        CallStory story = CallStory.Joined(options: o => o with { RecordingDirectory = blocked });
        story.Line(3000, Signals.Noise(8000, 3, seed: 1));
        story.Model.Says(Signals.Tone(400, 24_000, 1));
        story.Line(1000);
        Assert.False(story.HasEnded);
        await Eventually.TrueAsync(() => story.Call.Media.RecordingFile!.HasFailed, "the writer has tried");

        Assert.Equal(CallEndReason.CallerHungUp, await story.HangUpAsync());
        Assert.True(story.Model.Pcm.Length > 60_000 && story.Caller.PcmBytes > 0);
        Assert.Equal("", story.Store.Ended.Single().RecordingPath); // no row names a file that is not there
        await story.Call.Media.RecordingFile!.Finished;
        await story.DisposeAsync();
        Assert.Equal(1, story.Counters.RecordingFailures);
    }

    [Fact]
    public async Task Two_streams_of_one_call_have_a_file_each_even_at_the_same_moment()
    {
        await using RecordingWriter writer = Writer(new CallCounters());
        RecordingFile first = writer.Open(CallSid.Parse("twice"), 8000);
        RecordingFile second = writer.Open(CallSid.Parse("twice"), 8000);
        RecordingFile other = writer.Open(CallSid.Parse("other"), 8000);
        foreach (RecordingFile file in (RecordingFile[])[first, second, other])
        {
            file.Append(RecordingFile.Rent(200, out int length), length);
            file.Complete();
            await file.Finished;
        }

        RecordingFile third = writer.Open(CallSid.Parse("twice"), 8000);
        Assert.EndsWith("2026-11-22/twice.wav", first.Path, StringComparison.Ordinal);
        Assert.EndsWith("/twice-2.wav", second.Path, StringComparison.Ordinal);
        Assert.EndsWith("/twice-3.wav", third.Path, StringComparison.Ordinal);
        Assert.All((string[])[first.Path, second.Path, other.Path], path => Assert.True(File.Exists(path)));
    }

    [Fact]
    public async Task A_call_that_was_refused_leaves_its_name_free()
    {
        await using CallStory story = CallStory.Joined(options: o => o with { RecordingDirectory = _directory });
        Assert.Null(story.Host.Begin(story.Start("call-2", "stream-1"), new FakeCallerLeg(), out _)); // the stream is live

        Assert.EndsWith("/call-2.wav", story.Recordings!.Open(CallSid.Parse("call-2"), 8000).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recordings_are_for_the_daemons_user_alone()
    {
        CallStory story = CallStory.Joined(options: o => o with { RecordingDirectory = _directory });
        story.Line(1000);
        await story.HangUpAsync();
        WavAudio wav = await ReadAsync(story);

        Assert.Equal(8000, wav.Samples.Length / 2);
        string path = story.Store.Ended.Single().RecordingPath;
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(path));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(Path.GetDirectoryName(path)!));
    }

    [Fact]
    public async Task A_crash_leaves_a_part_that_repair_makes_whole_but_for_the_last_second()
    {
        short[] spoken = Signals.Noise(8000, 5, seed: 1);
        CallStory story = CallStory.Joined(options: o => o with { RecordingDirectory = _directory });
        story.Line(5000, spoken);
        string path = story.Call.Media.RecordingFile!.Path;
        string part = path + RecordingRepair.PartSuffix;
        await Eventually.TrueAsync(() => File.Exists(part) && new FileInfo(part).Length > 44 + (4 * 8000 * 4), "what was handed over is written");
        byte[] asTheCrashLeftIt = await File.ReadAllBytesAsync(part);
        await story.DisposeAsync();
        await story.Call.Media.RecordingFile.Finished;
        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllBytesAsync(part, [.. asTheCrashLeftIt, 1, 2, 3]); // and a torn block

        Assert.Equal(1, RecordingRepair.Run(_directory, NullLogger.Instance));

        WavAudio wav = WavFile.Read(path);
        Assert.InRange(wav.Samples.Length / 2, 4 * 8000, 5 * 8000);
        Assert.Equal(spoken[..(wav.Samples.Length / 2)], Channel(wav, 0));
        Assert.False(File.Exists(part));
        Assert.Equal(0, RecordingRepair.Run(_directory, NullLogger.Instance));
    }

    [Fact]
    public void Repair_leaves_what_it_does_not_know_and_what_is_finished()
    {
        string day = Directory.CreateDirectory(Path.Combine(_directory, "2026-11-22")).FullName;
        File.WriteAllText(Path.Combine(day, "x.wav.part"), "not a recording");
        File.WriteAllText(Path.Combine(day, "y.wav.part"), "");
        File.WriteAllText(Path.Combine(day, "z.wav"), "whatever");
        ListLoggers loggers = new();

        Assert.Equal(0, RecordingRepair.Run(_directory, loggers));
        Assert.Equal(0, RecordingRepair.Run(Path.Combine(_directory, "nowhere"), loggers));
        Assert.Equal(3, Directory.GetFiles(day).Length);
        Assert.Equal(2, loggers.Lines.Count);
    }

    internal static short[] Channel(WavAudio wav, int channel) => [.. wav.Samples.Where((_, i) => i % 2 == channel)];

    private static async Task<WavAudio> ReadAsync(CallStory story)
    {
        await story.Call.Media.RecordingFile!.Finished;
        await story.DisposeAsync();
        return WavFile.Read(story.Store.Ended.Single().RecordingPath);
    }

    private RecordingWriter Writer(CallCounters counters) => new(_directory, new CallsClock(), counters, NullLogger<RecordingWriter>.Instance);
}
