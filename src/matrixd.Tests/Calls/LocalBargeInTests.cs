using System.Runtime.InteropServices;
using Matrixd.Audio;
using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

/// <summary>A caller who coughs, assents, or really interrupts, heard by our own ear: what he hears, what is recorded and written down.</summary>
public sealed class LocalBargeInTests
{
    private const string TenWords = "one two three four five six seven eight nine ten";
    private static readonly short[] s_answer = Signals.Noise(24_000, 5, seed: 3);
    private static readonly short[] s_haan = Signals.Speech(8000, 0.36);

    [Fact]
    public async Task After_a_word_of_assent_the_model_goes_on_where_the_caller_heard_it_stop()
    {
        await using CallStory story = Story();
        CallsEar ear = Ear(story);
        Answer(story);
        story.Line(2000);
        story.Line(360, s_haan);
        story.Line(6000);

        short[] expected = MemoryMarshal.Cast<byte, short>(CallsPlayoutRig.Resampled(s_answer, 24_000, 8000)).ToArray();
        (int before, int after) = Pieces(ear.Heard, expected);
        Assert.InRange(before, 2000 * 8, 2400 * 8); // heard until then
        Assert.InRange(after, expected.Length - before - 80, expected.Length - before); // and the rest, but for the fade
        Assert.Equal((1, 1, 0), (story.Counters.PlayoutPauses, story.Counters.PlayoutResumes, story.Counters.BargeIns));
        Assert.Equal(1, story.Caller.Clears);
        TurnRecord turn = Assert.Single(story.Log.Turns);
        Assert.False(turn.Interrupted);
        Assert.Equal((TenWords, TenWords), (turn.Said, turn.Heard));
        Assert.InRange(turn.EndMs, 5400, 6600); // later by the pause
    }

    [Fact]
    public async Task The_recording_is_silent_where_the_caller_heard_nothing_and_goes_on_after_it()
    {
        string directory = Directory.CreateTempSubdirectory("matrixd-calls-").FullName;
        CallStory story = Story(recordings: directory);
        CallsEar ear = Ear(story);
        Answer(story);
        story.Line(2000);
        story.Line(360, s_haan);
        story.Line(5000);
        await story.HangUpAsync();
        string path = story.Call.Media.RecordingFile!.Path;
        await story.DisposeAsync();

        short[] recorded = RecordingTests.Channel(WavFile.Read(path), 1);
        Assert.Equal(ear.Heard[..(7000 * 8)].ToArray(), recorded[..(7000 * 8)]);
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task A_turn_of_which_nothing_had_been_heard_begins_when_it_is_heard_after_the_pause()
    {
        await using CallStory story = Story();
        Ear(story);
        story.Model.Says(Signals.Noise(24_000, 1.6, seed: 5));
        story.Model.EndsTurn();
        story.Model.Says(Signals.Noise(24_000, 1, seed: 6)); // its first chunk is at the carrier when the first turn is paused
        story.Model.EndsTurn();
        story.Line(1100);
        story.Line(360, s_haan);
        story.Line(5000);

        Assert.Equal(1, story.Counters.PlayoutResumes);
        Assert.Equal(2, story.Log.Turns.Count);
        Assert.InRange(story.Log.Turns[1].StartMs, 2000, 2800); // not 1600
    }

    [Fact]
    public async Task The_models_own_word_during_a_pause_drops_the_rest_without_another_clear()
    {
        await using CallStory story = Story();
        Ear(story);
        Answer(story);
        story.Line(2000);
        story.Line(300, s_haan);
        Assert.Equal("clear", story.Caller.Told[^1]);
        int told = story.Caller.Told.Count;

        story.Model.Interrupts();
        story.Model.Sink.OnModelTurnComplete();
        story.Line(3000);

        Assert.Equal(told, story.Caller.Told.Count);
        Assert.Equal((1, 0, 1, 0), (story.Counters.PlayoutPauses, story.Counters.PlayoutResumes, story.Counters.BargeIns, story.Counters.LocalBargeIns));
        TurnRecord turn = Assert.Single(story.Log.Turns);
        Assert.True(turn.Interrupted);
        Assert.Equal("one two three four", turn.Heard); // two seconds and some of five
    }

    [Fact]
    public async Task A_caller_who_goes_on_speaking_interrupts_although_the_model_does_not_notice()
    {
        await using CallStory story = Story();
        Ear(story);
        story.Model.Sink.OnModelTranscript(TenWords);
        story.Model.Says(s_answer); // and more of it will come
        story.Line(2000);
        story.Line(1400, Signals.Speech(8000, 1.4));
        int told = story.Caller.Told.Count;
        for (int i = 0; i < 10; i++)
        {
            story.Model.Says(Signals.Tone(440, 24_000, 0.2));
            story.Line(200);
        }

        Assert.Equal(told, story.Caller.Told.Count);
        Assert.Equal((1, 0, 0, 1), (story.Counters.PlayoutPauses, story.Counters.PlayoutResumes, story.Counters.BargeIns, story.Counters.LocalBargeIns));
        story.Model.EndsTurn();
        story.Model.Says(Signals.Tone(440, 24_000, 1));
        story.Model.EndsTurn();
        story.Line(1500);
        Assert.True(story.Caller.Told.Count > told, "the next turn is heard");
        Assert.True(story.Log.Turns[0].Interrupted);
    }

    [Fact]
    public async Task Without_the_reversible_mode_a_voice_of_the_minimum_is_an_interruption()
    {
        await using CallStory story = Story(bargeIn: options => options with { IsReversible = false });
        Ear(story);
        Answer(story);
        story.Line(2000);
        story.Line(360, s_haan);
        long sent = story.Caller.PcmBytes;
        story.Line(3000);

        Assert.Equal(sent, story.Caller.PcmBytes);
        Assert.Equal((0, 0, 1), (story.Counters.PlayoutPauses, story.Counters.BargeIns, story.Counters.LocalBargeIns));
    }

    [Fact]
    public async Task The_models_own_voice_that_comes_back_on_the_line_is_no_caller()
    {
        await using CallStory story = Story();
        short[] answer = Signals.Speech(24_000, 6, seed: 8);
        CallsEar ear = Ear(story);
        story.Model.Says(answer);
        story.Model.EndsTurn();
        for (int i = 0; i < 400; i++)
        {
            // 18 dB down and 250 ms late.
            int at = ear.Heard.Length - 2000;
            short[] echo = new short[160];
            for (int n = 0; n < 160 && at >= 0; n++)
            {
                echo[n] = (short)(ear.Heard[at + n] / 8);
            }

            story.Line(20, echo);
        }

        Assert.Equal(0, story.Counters.PlayoutPauses);
        Assert.Equal(0, story.Caller.Clears);
    }

    [Fact]
    public async Task By_default_the_model_alone_decides()
    {
        await using CallStory story = CallStory.Joined();
        Answer(story);
        story.Line(2000);
        story.Line(2000, Signals.Speech(8000, 2));

        Assert.Equal(0, story.Caller.Clears);
        story.Model.Interrupts();
        Assert.Equal(1, story.Caller.Clears);
    }

    private static CallStory Story(Func<BargeInOptions, BargeInOptions>? bargeIn = null, string recordings = "")
    {
        BargeInOptions options = new() { IsLocal = true, StartGrace = TimeSpan.Zero };
        return CallStory.Joined(options: o => o with { BargeIn = bargeIn?.Invoke(options) ?? options, RecordingDirectory = recordings });
    }

    private static CallsEar Ear(CallStory story)
    {
        CallsEar ear = new(story.Caller, story.Rate);
        story.Passed = ear.Pass;
        return ear;
    }

    private static void Answer(CallStory story)
    {
        story.Model.Sink.OnModelTranscript(TenWords);
        story.Model.Says(s_answer);
        story.Model.EndsTurn();
    }

    // How much of the beginning was heard in one piece, and then of the end.
    private static (int Before, int After) Pieces(ReadOnlySpan<short> heard, ReadOnlySpan<short> expected)
    {
        int first = expected.IndexOfAnyExcept((short)0);
        int before = first + heard[heard.IndexOfAnyExcept((short)0)..].CommonPrefixLength(expected[first..]);
        int after = 0;
        int end = heard.LastIndexOfAnyExcept((short)0);
        int last = expected.LastIndexOfAnyExcept((short)0);
        while (after <= last && heard[end - after] == expected[last - after])
        {
            after++;
        }

        return (before, after + expected.Length - 1 - last);
    }
}
