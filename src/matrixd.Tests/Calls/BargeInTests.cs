using Matrixd.Audio;
using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

// U21
public sealed class BargeInTests
{
    private const string TenWords = "one two three four five six seven eight nine ten";

    [Fact]
    public async Task An_interruption_is_one_clear_and_then_nothing_of_the_old_turn()
    {
        await using CallStory story = CallStory.Joined();
        story.Model.Says(Signals.Tone(440, 24_000, 30));
        story.Line(1000);
        story.Model.Sink.OnModelAudio(Samples16.BytesOf(Signals.Tone(440, 24_000, 1)), 24_000); // beside the interruption, before it
        story.Model.Interrupts();
        int told = story.Caller.Told.Count;
        Assert.Equal("clear", story.Caller.Told[^1]);

        story.Model.Says(Signals.Tone(440, 24_000, 1)); // on its way when the model broke off
        story.Line(400);
        story.Model.Says(Signals.Tone(440, 24_000, 0.01));
        story.Line(2000);

        Assert.Equal(told, story.Caller.Told.Count);
        Assert.Equal(1, story.Caller.Clears);
        Assert.Equal(1, story.Counters.BargeIns);
    }

    [Fact]
    public async Task The_clear_is_flushed_at_once()
    {
        await using CallStory story = CallStory.Joined();
        story.Model.Says(Signals.Tone(440, 24_000, 5));
        story.Pass(300);
        int flushes = story.Caller.Flushes;

        story.Model.Sink.OnModelInterrupted();

        Assert.Equal("clear", story.Caller.Told[^1]);
        Assert.True(story.Caller.Flushes > flushes, "it waits for the rest of the batch");
    }

    [Fact]
    public async Task The_turn_after_an_interruption_plays_from_its_first_sample()
    {
        await using CallStory story = CallStory.Joined();
        story.Model.Says(Signals.Tone(440, 24_000, 10));
        story.Line(700);
        story.Model.Interrupts();
        story.Model.Sink.OnModelTurnComplete();
        long before = story.Caller.PcmBytes;
        short[] next = Signals.Noise(24_000, 1, seed: 4);

        story.Model.Says(next);
        story.Model.EndsTurn();
        story.Line(1500);

        PlayoutTests.AssertTurn(CallsPlayoutRig.Resampled(next, 24_000, 8000), story.Caller.Pcm[(int)before..], 0);
        Assert.Equal(1, story.Caller.Clears);
    }

    [Fact]
    public async Task A_new_turn_plays_even_where_the_end_of_the_old_one_was_never_announced()
    {
        await using CallStory story = CallStory.Joined();
        story.Model.Says(Signals.Tone(440, 24_000, 10));
        story.Line(700);
        story.Model.Interrupts();
        story.Line(600);
        long before = story.Caller.PcmBytes;

        story.Model.Says(Signals.Noise(24_000, 1, seed: 4));
        story.Model.EndsTurn();
        story.Line(1500);

        Assert.True(story.Caller.PcmBytes - before >= 16_000);
    }

    [Fact]
    public async Task Marks_from_before_an_interruption_say_nothing_after_it()
    {
        await using CallStory story = CallStory.Joined();
        story.Model.Says(Signals.Tone(440, 24_000, 30));
        story.Line(1900);
        long[] old = [.. story.Caller.Marks];
        Assert.NotEmpty(old);
        story.Model.Interrupts();

        foreach (long mark in old)
        {
            story.Call.OnCallerMark(mark);
        }

        Assert.Equal(0, story.Counters.MarksEchoed);
    }

    [Fact]
    public async Task The_transcript_keeps_what_was_heard()
    {
        await using CallStory story = CallStory.Joined();
        story.Model.Sink.OnModelTranscript(TenWords);
        story.Model.Says(Signals.Tone(440, 24_000, 10)); // a word a second
        story.Line(5000);
        story.Model.Interrupts();
        story.Model.EndsTurn();
        story.Line(1000);

        TurnRecord turn = Assert.Single(story.Log.Turns);
        Assert.True(turn.Interrupted);
        Assert.Equal(TenWords, turn.Said);
        Assert.Equal("one two three four five", turn.Heard);
        Assert.Equal(0, turn.StartMs);
        Assert.Equal(5000, turn.EndMs);
    }

    [Fact]
    public async Task Two_turns_that_wait_are_both_cut_where_the_caller_was()
    {
        await using CallStory story = CallStory.Joined();
        story.Model.Sink.OnModelTranscript("first turn");
        story.Model.Says(Signals.Tone(440, 24_000, 2));
        story.Model.EndsTurn();
        story.Model.Sink.OnModelTranscript("second turn");
        story.Model.Says(Signals.Tone(440, 24_000, 2));
        story.Model.EndsTurn();
        story.Line(1000);
        story.Model.Interrupts();
        story.Line(1000);

        Assert.Equal(["first", ""], story.Log.Turns.Select(turn => turn.Heard));
        Assert.All(story.Log.Turns, turn => Assert.True(turn.Interrupted));
    }

    [Fact]
    public async Task A_turn_that_was_heard_whole_is_not_interrupted_by_what_comes_after()
    {
        await using CallStory story = CallStory.Joined();
        story.Model.Sink.OnModelTranscript("all of it");
        story.Model.Says(Signals.Tone(440, 24_000, 1));
        story.Model.EndsTurn();
        story.Line(1300);
        story.Model.Interrupts();
        story.Line(1000);

        TurnRecord turn = Assert.Single(story.Log.Turns);
        Assert.False(turn.Interrupted);
        Assert.Equal("all of it", turn.Heard);
    }

    [Fact]
    public async Task The_recording_has_silence_where_the_caller_heard_none_of_it()
    {
        string directory = Directory.CreateTempSubdirectory("matrixd-calls-").FullName;
        CallStory story = CallStory.Joined(options: o => o with { RecordingDirectory = directory });
        story.Model.Says(Signals.Tone(440, 24_000, 30));
        story.Line(1000);
        story.Model.Interrupts();
        story.Line(1500);
        await story.HangUpAsync();
        string path = story.Call.Media.RecordingFile!.Path;
        await story.DisposeAsync();

        short[] heard = RecordingTests.Channel(WavFile.Read(path), 1);
        Assert.True(PcmLevel.RmsDbfs(heard.AsSpan(1000, 6900)) > -20, "the caller heard the tone");
        Assert.False(heard.AsSpan(8000).ContainsAnyExcept((short)0), "after the cut it is silent");
        Directory.Delete(directory, recursive: true);
    }
}
