using Matrixd.Audio;
using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>What is kept of a call: the recording on its time line, the transcript as said and as heard.</summary>
public class RecordingTests
{
    // A frame is 20 ms and its arrival is what places the first one; anything beyond this is a sample at a wrong place.
    private static readonly TimeSpan s_slack = TimeSpan.FromMilliseconds(500);

    [Theory]
    [InlineData(8000)]
    [InlineData(16_000)]
    public async Task The_caller_is_left_and_what_was_heard_is_right_sample_for_sample(int rate)
    {
        // A machine that stands still for most of a second tears any recording of real time. Such a run proves nothing; a fault of ours tears every one.
        for (int attempt = 1; ; attempt++)
        {
            try
            {
                await RecordAsync(rate);
                return;
            }
            catch (RecordingTornException) when (attempt < 5)
            {
            }
        }
    }

    private static async Task RecordAsync(int rate)
    {
        await using House house = await House.BuildAsync(House.Scripted, config => config with { Calls = config.Calls with { OutboundLead = TimeSpan.FromSeconds(1) } });
        short[] speech = Signals.Noise(rate, 1.5, seed: 18);
        short[] turn = Signals.Noise(24_000, 0.8, seed: 19);
        CallerOptions options = house.Caller("recording", speech, rate: rate) with { Linger = TimeSpan.FromSeconds(1.5) };
        ExotelCaller caller = await house.CallAsync(options);
        GeminiConnection connection = await house.ReadyAsync();
        _ = connection.SayAsync(turn, "Good morning.");
        CallerReport report = await caller.Completion.WaitAsync(TimeSpan.FromSeconds(30));
        Session row = await house.EndedAsync("recording");
        await Eventually.TrueAsync(() => File.Exists(row.RecordingPath), "the recording has its name");
        Assert.Equal($"{DateTime.Now:yyyy-MM-dd}", Path.GetFileName(Path.GetDirectoryName(row.RecordingPath)));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(row.RecordingPath));

        WavAudio wav = WavFile.Read(row.RecordingPath);
        Assert.Equal((rate, 2), (wav.SampleRate, wav.Channels));
        (short[] left, short[] right) = Channels(wav);
        short[] expected = EndToEndSound.Turn(turn, 24_000, rate);
        int said = EndToEndSound.Find(left, speech);
        int heard = EndToEndSound.Find(right, expected);
        int atEar = EndToEndSound.Find(caller.Heard, expected);
        if (said < 0 || heard < 0 || said > Samples(rate, s_slack) || Math.Abs(heard - atEar) > Samples(rate, s_slack))
        {
            throw new RecordingTornException($"{rate} Hz: the caller at {said}, the model at {heard}, at the ear at {atEar}; {report.FramesLate} frames late");
        }

        Assert.All(right[..heard], sample => Assert.Equal(0, sample));
        Assert.All(left[..said], sample => Assert.Equal(0, sample));
    }

    [Fact]
    public async Task What_was_cut_off_by_the_caller_is_not_in_the_recording()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        short[] turn = Signals.Noise(24_000, 8, seed: 20);
        CallerOptions options = house.Caller("cut", Signals.Noise(8000, 0.5, seed: 21)) with { Linger = TimeSpan.FromMinutes(1) };
        ExotelCaller caller = await house.CallAsync(options);
        GeminiConnection connection = await house.ReadyAsync();
        connection.SendRaw(GeminiWords.Audio(turn));
        await caller.WaitAsync(events => events.Count(e => e.Event == "media") >= 3, "the turn has begun", TimeSpan.FromSeconds(20));

        connection.SendRaw("""{"serverContent":{"interrupted":true}}""");
        connection.SendRaw(GeminiWords.TurnComplete);
        await caller.WaitAsync(events => events.Any(e => e.Event == "clear"), "clear", TimeSpan.FromSeconds(20));
        await Eventually.TrueAsync(async () => (await house.ReadAsync((_, log) => log.TurnsAsync(CallSid.Parse("cut")))).Count > 0, "the turn is written down");
        caller.SendStop();
        Session row = await house.EndedAsync("cut");
        await Eventually.TrueAsync(() => File.Exists(row.RecordingPath), "the recording has its name");

        (_, short[] right) = Channels(WavFile.Read(row.RecordingPath));
        short[] expected = EndToEndSound.Turn(turn, 24_000, 8000);
        int start = EndToEndSound.Find(right, expected.AsSpan(0, 800));
        Assert.True(start >= 0, "its beginning was heard");
        int heard = right.AsSpan(start).CommonPrefixLength(expected);
        int sent = caller.Events.Where(e => e.Event == "media").Sum(e => e.Bytes) / sizeof(short);
        Assert.InRange(heard, 800, sent);
        Assert.All(right[(start + heard)..], sample => Assert.Equal(0, sample));
    }

    [Fact]
    public async Task Both_sides_are_written_down_in_their_order_and_what_was_not_heard_is_told_apart()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndLine line = await house.LineAsync("words");
        GeminiConnection connection = await house.ReadyAsync();
        short[] first = Signals.Noise(24_000, 0.3, seed: 22);
        short[] second = Signals.Noise(24_000, 20, seed: 23);

        line.Speak(Signals.Speech(8000, 0.5));
        await connection.Ledger.WaitAsync(() => connection.Ledger.AudioMessages >= 24, "the caller's words");
        connection.SendRaw("""{"serverContent":{"inputTranscription":{"text":" Where is"}}}""");
        connection.SendRaw("""{"serverContent":{"inputTranscription":{"text":" my order?"}}}""");
        _ = connection.SayAsync(first, "One moment.");
        await line.TurnsAsync(first);
        connection.SendRaw(GeminiWords.Audio(second, beside: "\"outputTranscription\":{\"text\":\" It has left the house and will be with you on Friday before noon at the latest.\"},"));
        await line.HeardAsync(12_000);
        connection.SendRaw("""{"serverContent":{"interrupted":true}}""");
        connection.SendRaw(GeminiWords.TurnComplete);
        await line.WaitAsync(events => events.Any(e => e.Kind == "clear"), "clear");
        line.HangUp();
        await house.EndedAsync("words");

        IReadOnlyList<TurnRecord> turns = await house.ReadAsync((_, log) => log.TurnsAsync(CallSid.Parse("words")));
        Assert.Equal([Speaker.Caller, Speaker.Model, Speaker.Model], turns.Select(t => t.Speaker));
        Assert.Equal([1, 2, 3], turns.Select(t => t.Number));
        Assert.Equal(["Where is my order?", "One moment.", "It has left the house and will be with you on Friday before noon at the latest."], turns.Select(t => t.Said));
        Assert.Equal("One moment.", turns[1].Heard);
        Assert.True(turns[2].Interrupted);
        Assert.StartsWith(turns[2].Heard, turns[2].Said, StringComparison.Ordinal);
        Assert.True(turns[2].Heard.Length < turns[2].Said.Length / 2, turns[2].Heard);
        Assert.All(turns, turn => Assert.True(turn.StartMs <= turn.EndMs, $"{turn}"));
        Assert.True(turns[1].StartMs <= turns[2].StartMs);
    }

    [Fact]
    public async Task Without_recording_there_is_no_file()
    {
        await using House house = await House.BuildAsync(House.Scripted, config => config with { Calls = config.Calls with { RecordingDirectory = "" } });
        EndToEndLine line = await house.LineAsync("unrecorded");
        await house.ReadyAsync();
        line.Speak(Signals.Speech(8000, 1));
        line.HangUp();

        Assert.Equal("", (await house.EndedAsync("unrecorded")).RecordingPath);
        Assert.Empty(Directory.GetFiles(house.Directory, "*.wav*", SearchOption.AllDirectories));
    }

    private static (short[] Left, short[] Right) Channels(WavAudio wav)
    {
        short[] both = [.. wav.Samples];
        return ([.. both.Where((_, i) => i % 2 == 0)], [.. both.Where((_, i) => i % 2 == 1)]);
    }

    private static int Samples(int rate, TimeSpan time) => (int)(time.TotalSeconds * rate);

    private sealed class RecordingTornException(string message) : Exception(message);
}
