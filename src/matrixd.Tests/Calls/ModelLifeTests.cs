using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

/// <summary>A call's way over several connections, in virtual time: U1, U6, U7, U8, U18.</summary>
public sealed class ModelLifeTests
{
    private static readonly short[] s_words = Signals.Tone(440, 24_000, 1.5);
    private static readonly short[] s_speech = Signals.Speech(8_000, 1);

    [Fact]
    public async Task An_announced_end_is_moved_away_from_while_the_caller_listens_and_nothing_is_greeted_twice()
    {
        await using CallStory story = Greeted();
        story.Model.Says(s_words);
        story.Model.GoesAway(50);
        Assert.DoesNotContain("reconnect Rotate", story.Model.Told);

        story.Model.EndsTurn();
        Assert.DoesNotContain("reconnect Rotate", story.Model.Told); // its handle is still to come
        story.Model.Handle("h-2");
        Assert.Equal("reconnect Rotate", story.Model.Told[^1]);

        int sent = story.Model.Messages.Count;
        story.Line(100);
        Assert.Equal(sent, story.Model.Messages.Count); // kept
        story.Model.Returns();
        story.Line(100);
        Assert.Equal(sent + 10, story.Model.Messages.Count); // nothing lost
        Assert.Equal(["go_away", "rotated"], Events(story));
        Assert.Single(story.Model.Told, told => told.StartsWith("text", StringComparison.Ordinal));
        Assert.DoesNotContain(story.Model.Told, told => told.StartsWith("say", StringComparison.Ordinal) || told.StartsWith("history", StringComparison.Ordinal));
        Assert.Equal((1, 1), (story.Counters.ModelEvents(ModelEventKind.Rotated), story.Counters.Gaps.UpTo(GapHistogram.Bounds.Length)));
    }

    [Fact]
    public async Task While_a_tool_runs_the_move_waits_for_its_answer_and_for_a_handle_that_knows_it()
    {
        await using CallStory story = Greeted();
        story.Model.Sink.OnToolCall(new ToolCall("1", "lookup", "{}"));
        story.Model.GoesAway(50);
        story.Line(5_000);
        story.Model.Handle("h-2");
        Assert.DoesNotContain("reconnect Rotate", story.Model.Told);

        await story.Agents.AnswerAsync("1");
        await Eventually.TrueAsync(() => Told(story, "tool 1"), "the tool's answer");
        story.Line(1_000);
        Assert.DoesNotContain("reconnect Rotate", story.Model.Told); // its answer is owed
        story.Model.Says(s_words);
        story.Model.EndsTurn();
        story.Model.Handle("h-3");
        Assert.Equal("reconnect Rotate", story.Model.Told[^1]);
    }

    [Fact]
    public async Task At_the_deadline_the_move_is_made_in_the_middle_of_a_turn_and_the_model_asked_to_go_on()
    {
        await using CallStory story = Greeted();
        story.Model.Says(s_words);
        story.Model.Transcribes("The price of the blue one");
        story.Model.GoesAway(8);
        story.Pass(3_995);
        Assert.DoesNotContain("reconnect Rotate", story.Model.Told);
        story.Pass(10);
        Assert.Equal("reconnect Rotate", story.Model.Told[^1]);

        story.Model.Returns();
        Assert.Contains("up to these words: \"The price of the blue one\"", story.Model.Told[^1], StringComparison.Ordinal);
        Assert.StartsWith("say ", story.Model.Told[^1], StringComparison.Ordinal);
        story.Model.Says(s_words); // it goes on, in a turn of its own
        story.Model.Transcribes("is four hundred.");
        story.Model.EndsTurn();
        story.Line(6_000);
        Assert.Equal(["Hello.", "The price of the blue one", "is four hundred."], story.Log.Turns.Where(turn => turn.Speaker == Speaker.Model).Select(turn => turn.Heard));
        Assert.EndsWith("asked to go on", story.Log.ModelEvents[^1].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_call_of_an_hour_runs_through_several_connections_and_loses_no_frame()
    {
        await using CallStory story = Greeted();
        int rotations = 0;
        for (int second = 0; second < 3_580; second += 20)
        {
            story.Line(2_000, Signals.Speech(8_000, 2));
            story.Line(1_000);
            story.Model.Says(s_words);
            story.Model.EndsTurn();
            story.Model.Handle($"h-{second}");
            if (story.Model.IsAway)
            {
                rotations++;
                story.Line(200);
                story.Model.Returns();
            }

            story.Line(17_000 - (story.Model.IsAway ? 200 : 0));
        }

        story.Line(1_000);
        Assert.False(story.HasEnded);
        Assert.InRange(rotations, 6, 8);
        Assert.Equal(rotations, story.Counters.ModelEvents(ModelEventKind.Rotated));
        Assert.Equal(0, story.Counters.UplinkDroppedBytes);
        Assert.Equal(story.Counters.CallerFrames, story.Model.Messages.Count);
        Assert.Single(story.Model.Told, told => told.StartsWith("text", StringComparison.Ordinal));
        Assert.DoesNotContain(story.Model.Told, told => told.StartsWith("say", StringComparison.Ordinal));
    }

    [Fact]
    public async Task After_a_loss_the_owed_answer_is_asked_for_with_what_the_caller_had_said()
    {
        await using CallStory story = Greeted();
        story.Line(1_000, s_speech);
        story.Model.Understands("How much is the blue one?");
        story.Line(1_000);
        story.Model.Leaves();
        story.Line(300);
        story.Model.Returns();
        Assert.Contains(story.Model.Told, told => told.StartsWith("say ", StringComparison.Ordinal) && told.Contains("\"How much is the blue one?\"", StringComparison.Ordinal));
        Assert.Equal(["lost", "resumed"], Events(story));
        Assert.Equal(1, story.Counters.Resumptions(AbsenceCause.Loss));
    }

    [Fact]
    public async Task Nothing_is_asked_where_nothing_is_owed_or_the_caller_is_speaking()
    {
        await using CallStory story = Greeted();
        story.Line(3_000);
        story.Model.Leaves();
        story.Line(300);
        story.Model.Returns();
        Assert.DoesNotContain(story.Model.Told, told => told.StartsWith("say", StringComparison.Ordinal));

        story.Line(500, s_speech);
        story.Model.Leaves();
        story.Line(500, s_speech[4_000..]); // goes on, and comes out of the backlog on the new connection
        story.Model.Returns();
        Assert.DoesNotContain(story.Model.Told, told => told.StartsWith("say", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_greeting_that_nobody_heard_is_asked_for_again_and_only_then()
    {
        await using CallStory story = New();
        story.Model.Ready();
        story.Line(200);
        story.Model.Leaves();
        story.Model.Returns();
        Assert.Contains("say Greet.", story.Model.Told);

        story.Model.Says(s_words);
        story.Model.Transcribes("Namaste, this is");
        story.Model.Leaves();
        story.Model.Returns();
        Assert.Contains("\"Namaste, this is\"", story.Model.Told[^1], StringComparison.Ordinal);
        Assert.Single(story.Model.Told, "say Greet.");
    }

    [Fact]
    public async Task An_answer_asked_for_and_lost_again_is_asked_for_again()
    {
        await using CallStory story = Greeted();
        story.Model.Says(s_words);
        story.Model.Transcribes("It costs");
        story.Model.Leaves();
        story.Model.Returns();
        string first = story.Model.Told[^1];
        story.Line(100);
        story.Model.Leaves();
        story.Model.Returns();
        Assert.Equal(2, story.Model.Told.Count(told => told == first));
    }

    [Fact]
    public async Task A_new_session_is_told_what_was_said_by_the_store_and_by_what_it_does_not_have_yet()
    {
        await using CallStory story = Greeted();
        story.Log.Turn(new TurnRecord(CallSid.Parse("call-1"), StreamSid.Parse("earlier-stream"), 1, Speaker.Caller, "I called before.", "I called before.", 0, 10, false, -1));
        story.Line(1_000, s_speech);
        story.Model.Understands("How much is it?");
        story.Line(600);
        story.Model.Says(s_words);
        story.Model.Transcribes("It costs four");
        story.Model.Leaves();
        story.Model.Returns(isFresh: true);

        string history = Assert.Single(story.Model.Told, told => told.StartsWith("history", StringComparison.Ordinal));
        Assert.Matches("^history Caller: \\(This telephone call is under way.*\\) / Caller: I called before. / Model: Hello. / Caller: How much is it\\? / Model: It costs four / \\(The connection .*\"It costs four\"", history);
        Assert.Equal(["lost", "fresh_session"], Events(story));
        Assert.Single(story.Model.Told, told => told.StartsWith("text", StringComparison.Ordinal)); // the one greeting
    }

    [Fact]
    public async Task Handles_are_in_the_row_as_they_come_but_not_each_of_them()
    {
        await using CallStory story = Greeted();
        for (int i = 0; i < 100; i++)
        {
            story.Model.Handle($"h{i}");
            story.Line(300);
        }

        Assert.InRange(story.Log.Handles.Count, 3, 5);
        story.Line(10_200);
        Assert.Equal("h99", story.Log.Handles[^1]);
    }

    [Fact]
    public async Task A_call_that_ends_while_its_model_is_away_ends_as_any_other()
    {
        await using CallStory story = Greeted();
        story.Model.Leaves();
        Assert.Equal(CallEndReason.CallerHungUp, await story.HangUpAsync());
        story.Model.Returns(isFresh: true);
        story.Pass(60_000);
        Assert.DoesNotContain(story.Model.Told, told => told.StartsWith("history", StringComparison.Ordinal) || told.StartsWith("reconnect", StringComparison.Ordinal));
    }

    private static CallStory New()
    {
        CallStory story = new(options: options => options with { RotateAfter = TimeSpan.FromMinutes(8) });
        story.Agents.Opening = "Greet.";
        story.Begin();
        return story;
    }

    // The model has greeted, and all of it was heard.
    private static CallStory Greeted()
    {
        CallStory story = New();
        story.Model.Ready();
        story.Model.Says(Signals.Tone(440, 24_000, 0.5));
        story.Model.Transcribes("Hello.");
        story.Model.EndsTurn();
        story.Model.Handle("h-1");
        story.Line(2_000);
        return story;
    }

    private static string[] Events(CallStory story) => [.. story.Log.ModelEvents.Select(happened => happened.Kind.Word())];

    private static bool Told(CallStory story, string what)
    {
        lock (story.Call.Gate)
        {
            return story.Model.Told.Any(told => told.StartsWith(what, StringComparison.Ordinal));
        }
    }
}
