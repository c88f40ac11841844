using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

/// <summary>A stalled model in a whole call: the steps, their words to the model, what the row says. U3.</summary>
public sealed class StallGuardTests
{
    private static readonly StallOptions s_options = new() { Nudge = "Go on." };

    [Fact]
    public async Task The_model_is_asked_then_gets_another_connection_then_another_session_then_the_call_goes_on_without_it()
    {
        await using CallStory story = Story();
        Speak(story);
        story.Line(5400);
        Assert.Equal(["say Go on."], Steps(story));

        story.Line(4000);
        Assert.Equal(["say Go on.", "reconnect Resume"], Steps(story));
        story.Line(12_000);
        Assert.Equal(2, Steps(story).Count); // it is away: that is another's business
        story.Model.Returns();
        Assert.Equal("say Go on.", Steps(story)[^1]);
        story.Line(4400);
        Assert.Equal("reconnect Fresh", Steps(story)[^1]);
        story.Model.Returns(isFresh: true);
        Assert.EndsWith("/ Go on.", Steps(story)[^1], StringComparison.Ordinal);
        story.Line(4400);

        Assert.Equal(CallEndReason.ModelLost, await story.EndedAsync());
        Assert.Contains("no answer", story.Call.EndDetail, StringComparison.Ordinal);
        Assert.Equal(
            [ModelEventKind.Stalled, ModelEventKind.Nudged, ModelEventKind.GivenUp, ModelEventKind.Resumed, ModelEventKind.GivenUp, ModelEventKind.FreshSession, ModelEventKind.GaveUp],
            story.Log.ModelEvents.Select(happened => happened.Kind));
        Assert.Equal((1, 1, 1), (story.Counters.ModelEvents(ModelEventKind.Stalled), story.Counters.ModelEvents(ModelEventKind.Nudged), story.Counters.ModelEvents(ModelEventKind.GaveUp)));
        Assert.StartsWith("no answer for 5.", story.Log.ModelEvents[0].Detail, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_after_a_word_to_the_model_is_the_end_of_it()
    {
        await using CallStory story = Story();
        Speak(story);
        story.Line(5400);
        story.Model.Says(Signals.Tone(440, 24_000, 1));
        story.Model.EndsTurn();
        story.Line(60_000);

        Assert.Equal(["say Go on."], Steps(story));
        Assert.False(story.HasEnded);
    }

    [Fact]
    public async Task A_silent_caller_on_a_noisy_line_is_left_alone()
    {
        await using CallStory story = Story();
        story.Line(60_000, Signals.Noise(8000, 60, seed: 5, amplitude: 900)); // -36 dBFS: a street, a fan

        Assert.Empty(Steps(story));
        Assert.False(story.HasEnded);
    }

    [Fact]
    public async Task A_running_tool_is_waited_for()
    {
        await using CallStory story = Story();
        Speak(story);
        story.Model.Sink.OnToolCall(new ToolCall("1", "lookup", "{}"));
        story.Line(30_000);
        Assert.Empty(Steps(story));

        await story.Agents.AnswerAsync("1");
        await Eventually.TrueAsync(() => story.Model.Told.Any(told => told.StartsWith("tool 1", StringComparison.Ordinal)), "the tool's answer");
        story.Line(4800);
        Assert.Empty(Steps(story));
        story.Line(600);
        Assert.Equal(["say Go on."], Steps(story));
    }

    [Fact]
    public async Task A_rejected_response_is_asked_for_again_at_once()
    {
        await using CallStory story = Story();
        Speak(story);
        story.Model.Sink.OnModelTurnComplete(TurnNote.Rejected);
        story.Line(200);

        Assert.Equal(["say Go on."], Steps(story));
        Assert.Equal(ModelEventKind.Rejected, story.Log.ModelEvents[0].Kind);
    }

    [Fact]
    public async Task Silence_that_is_being_played_is_dropped_before_the_model_is_asked()
    {
        await using CallStory story = Story();
        Speak(story);
        story.Model.Says(new short[24_000 * 20]);
        story.Line(400);

        Assert.Equal(["say Go on."], Steps(story));
        Assert.Equal("clear", story.Caller.Told[^1]);
        Assert.Equal(ModelEventKind.Silent, story.Log.ModelEvents[0].Kind);
        Assert.Equal(0, story.Counters.BargeIns);
        story.Model.EndsTurn();
        story.Model.Says(Signals.Tone(440, 24_000, 1));
        story.Model.EndsTurn();
        int clear = story.Caller.Told.Count;
        story.Line(1500);
        Assert.True(story.Caller.Told.Count > clear, "what comes then is heard");
        Assert.Single(Steps(story));
    }

    [Fact]
    public async Task A_greeting_that_does_not_come_is_asked_for()
    {
        await using CallStory story = new(options: o => o with { Stalls = s_options });
        story.Agents.Opening = "Say hello.";
        story.Begin();
        story.Model.Ready();
        story.Line(5400);

        Assert.Equal(["say Go on."], Steps(story));
    }

    [Fact]
    public async Task Where_nobody_watches_nothing_is_done()
    {
        await using CallStory story = CallStory.Joined(options: o => o with { Stalls = new StallOptions { IsEnabled = false } });
        Speak(story);
        story.Line(60_000);

        Assert.Empty(Steps(story));
    }

    private static CallStory Story() => CallStory.Joined(options: o => o with { Stalls = s_options });

    private static void Speak(CallStory story)
    {
        story.Line(500);
        story.Line(2000, Signals.Speech(8000, 2));
    }

    private static List<string> Steps(CallStory story) =>
        [.. story.Model.Told.Where(told => told.Split(' ')[0] is "say" or "reconnect" or "history")];
}
