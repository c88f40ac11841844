using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

public sealed class TurnLogTests
{
    [Fact]
    public async Task A_question_and_its_answer_are_two_turns_with_their_times()
    {
        await using CallStory story = CallStory.Joined();
        story.Line(500);
        story.Line(1000, Signals.Speech(8000, 1));
        story.Model.Sink.OnCallerTranscript("where is ");
        story.Model.Sink.OnCallerTranscript("my order");
        story.Line(300);
        story.Model.Sink.OnModelTranscript("It is on its way.");
        story.Model.Says(Signals.Tone(440, 24_000, 1));
        story.Model.EndsTurn();
        story.Line(2500);

        TurnRecord asked = story.Log.Turns[0];
        TurnRecord answered = story.Log.Turns[1];
        Assert.Equal((1, Speaker.Caller, "where is my order", "where is my order"), (asked.Number, asked.Speaker, asked.Said, asked.Heard));
        Assert.InRange(asked.StartMs, 500, 540);
        Assert.InRange(asked.EndMs, 1480, 1500);
        Assert.Equal((2, Speaker.Model, "It is on its way.", "It is on its way."), (answered.Number, answered.Speaker, answered.Said, answered.Heard));
        Assert.Equal(1800, answered.StartMs);
        Assert.InRange(answered.EndMs, 2800, 3200); // seen at the next look
        Assert.InRange(answered.ResponseMs, 300, 320);
        Assert.False(answered.Interrupted);
    }

    [Fact]
    public async Task A_transcript_that_comes_after_the_answer_began_does_not_run_on_into_the_next_question()
    {
        await using CallStory story = CallStory.Joined();
        story.Line(1000, Signals.Speech(8000, 1));
        story.Model.Says(Signals.Tone(440, 24_000, 1));
        story.Model.Sink.OnCallerTranscript("first question");
        story.Model.EndsTurn();
        story.Line(2000);
        story.Line(1000, Signals.Speech(8000, 1));
        story.Model.Sink.OnCallerTranscript("second question");
        story.Model.Says(Signals.Tone(440, 24_000, 1));
        story.Model.EndsTurn();
        story.Line(2500);

        Assert.Equal(["first question", "second question"], story.Log.Turns.Where(turn => turn.Speaker == Speaker.Caller).Select(turn => turn.Said));
    }

    [Fact]
    public async Task A_transcript_that_comes_while_the_turn_settles_is_part_of_it()
    {
        await using CallStory story = CallStory.Joined();
        story.Model.Sink.OnModelTranscript("Good ");
        story.Model.Says(Signals.Tone(440, 24_000, 0.5));
        story.Model.Sink.OnModelGenerationComplete();
        story.Model.Sink.OnModelTranscript("morning.");
        story.Model.EndsTurn();
        story.Line(2500);

        Assert.Equal("Good morning.", Assert.Single(story.Log.Turns).Said);
    }

    [Fact]
    public async Task Each_answer_has_its_own_start_even_where_two_are_queued()
    {
        await using CallStory story = CallStory.Joined();
        story.Model.Says(Signals.Tone(440, 24_000, 1));
        story.Model.EndsTurn();
        story.Model.Says(Signals.Tone(440, 24_000, 1));
        story.Model.EndsTurn();
        story.Line(4000);

        Assert.Equal(0, story.Log.Turns[0].StartMs);
        Assert.InRange(story.Log.Turns[1].StartMs, 1000, 1040); // the first second, its filter's tail and padding
    }

    [Fact]
    public async Task A_hang_up_in_the_middle_writes_down_what_was_heard_of_every_turn()
    {
        await using CallStory story = CallStory.Joined();
        story.Model.Sink.OnCallerTranscript("hello");
        story.Model.Sink.OnModelTranscript("one two three four five six seven eight nine ten");
        story.Model.Says(Signals.Tone(440, 24_000, 10));
        story.Line(5000);
        await story.HangUpAsync();

        Assert.Equal(["hello", "one two three four five"], story.Log.Turns.Select(turn => turn.Heard));
        Assert.False(story.Log.Turns[1].Interrupted); // nobody talked over it
    }

    [Fact]
    public async Task The_turn_after_one_whose_end_was_never_announced_is_its_own()
    {
        await using CallStory story = CallStory.Joined();
        story.Model.Sink.OnModelTranscript("first");
        story.Model.Says(Signals.Tone(440, 24_000, 0.5));
        story.Model.Sink.OnModelGenerationComplete();
        story.Line(2000);
        story.Model.Sink.OnCallerTranscript("and then");
        story.Model.Sink.OnModelTranscript("second");
        story.Model.Says(Signals.Tone(440, 24_000, 0.5));
        story.Model.Sink.OnModelGenerationComplete();
        story.Line(2000);

        Assert.Equal(["first", "and then", "second"], story.Log.Turns.OrderBy(turn => turn.Number).Select(turn => turn.Said));
    }

    [Fact]
    public async Task What_follows_a_cut_is_another_turn_also_without_an_announced_end()
    {
        await using CallStory story = CallStory.Joined();
        story.Model.Sink.OnModelTranscript("first");
        story.Model.Says(Signals.Tone(440, 24_000, 5));
        story.Line(300);
        story.Model.Interrupts();
        story.Pass(500);
        story.Model.Says(Signals.Tone(440, 24_000, 0.5));
        story.Model.Sink.OnModelTranscript("second");
        story.Model.EndsTurn();
        story.Line(2000);

        Assert.Equal(["first", "second"], story.Log.Turns.OrderBy(turn => turn.Number).Select(turn => turn.Said));
    }

    [Fact]
    public async Task Nothing_of_one_turn_is_found_in_another_whatever_their_lengths()
    {
        await using CallStory story = CallStory.Joined();
        List<(string Asked, string Answered, bool Cut)> told = [];
        for (int i = 0; i < 12; i++)
        {
            string asked = string.Join(' ', Enumerable.Repeat($"q{i}", 1 + (i * 37 % 50)));
            string answered = string.Join(' ', Enumerable.Repeat($"जवाब{i}", 1 + (i * 131 % 400)));
            told.Add((asked, answered, i % 3 == 1));
            story.Line(300, Signals.Speech(8000, 0.3));
            story.Model.Understands(asked);
            foreach (char[] piece in answered.Chunk(300))
            {
                story.Model.Sink.OnModelTranscript(piece);
            }

            story.Model.Says(Signals.Tone(440, 24_000, 0.5));
            story.Line(200);
            if (i % 3 == 1)
            {
                story.Model.Interrupts();
            }

            story.Model.EndsTurn();
            story.Line(2000);
        }

        IEnumerable<TurnRecord> turns = story.Log.Turns.OrderBy(turn => turn.Number);
        Assert.Equal(Enumerable.Range(1, 24), turns.Select(turn => turn.Number));
        Assert.Equal(told.SelectMany(turn => (string[])[turn.Asked, turn.Answered]), turns.Select(turn => turn.Said));
        Assert.Equal(told.SelectMany(turn => (bool[])[false, turn.Cut]), turns.Select(turn => turn.Interrupted));
        Assert.All(turns, turn => Assert.Equal(!turn.Interrupted, turn.Heard == turn.Said));
        Assert.All(turns.Zip(turns.Skip(1)), pair => Assert.InRange(pair.Second.StartMs, pair.First.StartMs, pair.First.StartMs + 3000));
    }

    [Fact]
    public async Task Turns_that_are_open_side_by_side_are_written_in_their_order_and_so_are_those_after_them()
    {
        await using CallStory story = CallStory.Joined();
        for (int round = 0; round < 3; round++)
        {
            story.Model.Understands($"asked {round}");
            for (int i = 0; i < 12; i++)
            {
                story.Model.Sink.OnModelTranscript($"answered {round} {i}");
                story.Model.Says(Signals.Tone(440, 24_000, 0.1));
                story.Model.EndsTurn();
            }

            story.Line(4000);
        }

        string[] told = [.. Enumerable.Range(0, 3).SelectMany(round => (string[])[$"asked {round}", .. Enumerable.Range(0, 12).Select(i => $"answered {round} {i}")])];
        Assert.Equal(told, story.Log.Turns.OrderBy(turn => turn.Number).Select(turn => turn.Said));
        Assert.Equal(Enumerable.Range(1, told.Length), story.Log.Turns.Select(turn => turn.Number).Order());
        IEnumerable<int> ofModel = story.Log.Turns.Where(turn => turn.Speaker == Speaker.Model).Select(turn => turn.Number);
        Assert.Equal(ofModel.Order(), ofModel);
    }

    [Fact]
    public async Task The_text_of_one_turn_is_bounded()
    {
        await using CallStory story = CallStory.Joined();
        for (int i = 0; i < 1000; i++)
        {
            story.Model.Sink.OnModelTranscript(new string('x', 1000));
        }

        await story.HangUpAsync();
        Assert.InRange(Assert.Single(story.Log.Turns).Said.Length, 60_000, 65_536);
    }

    [Fact]
    public void The_words_of_end_reasons_are_a_closed_set()
    {
        Assert.Equal(
            "caller_hung_up agent_ended transferred model_ended model_unreachable model_refused model_lost media_lost limit_duration limit_silence limit_cost "
            + "protocol_error rate_limited overload drained aborted crashed never_connected dial_failed busy no_answer internal_error",
            string.Join(' ', CallEndReasonNames.All.ToArray()));
        foreach (CallEndReason reason in Enum.GetValues<CallEndReason>())
        {
            Assert.Equal(reason, CallEndReasonNames.Parse(reason.Word()));
        }

        Assert.Throws<FormatException>(() => CallEndReasonNames.Parse("hung_up"));
    }
}
