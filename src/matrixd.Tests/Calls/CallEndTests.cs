using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

public sealed class CallEndTests
{
    public static TheoryData<string> Reasons => [.. CallEndReasonNames.All];

    [Theory]
    [MemberData(nameof(Reasons))]
    public async Task The_first_reason_stays_and_everything_hears_of_it_once(string word)
    {
        CallEndReason reason = CallEndReasonNames.Parse(word);
        await using CallStory story = CallStory.Joined();
        story.Line(100);
        story.Call.Stop(reason, "the cause");
        story.Call.Stop(CallEndReason.InternalError, "a consequence");
        story.Model.IsLost();
        story.Line(20_000);

        Assert.Equal(reason, await story.EndedAsync());
        Assert.Equal(reason, story.Call.EndReason);
        Assert.Single(story.Caller.Told, told => told.StartsWith("close", StringComparison.Ordinal));
        Assert.Equal(reason, story.Caller.ClosedFor);
        Assert.Single(story.Model.Told, "close");
        StreamEnding ending = Assert.Single(story.Store.Ended);
        Assert.Equal((reason, "the cause", "test-model"), (ending.Reason, ending.Detail, ending.Model));
        Assert.Equal(1, story.Counters.EndedFor(reason));
        Assert.Equal(0, story.Counters.Live);
        Assert.Empty(story.Registry.Snapshot());
    }

    [Theory]
    [InlineData("model_lost")]
    [InlineData("model_refused")]
    [InlineData("model_unreachable")]
    [InlineData("model_ended")]
    public async Task A_model_that_is_gone_ends_the_call_where_there_is_no_apology(string word)
    {
        CallEndReason reason = CallEndReasonNames.Parse(word);
        await using CallStory story = CallStory.Joined();
        story.Model.IsLost(reason, "close 1011");

        Assert.Equal(reason, await story.EndedAsync());
        Assert.Equal("close 1011", story.Store.Ended.Single().Detail);
    }

    [Fact]
    public async Task A_model_that_is_not_ready_in_time_is_unreachable()
    {
        await using CallStory story = new();
        story.Begin();
        story.Line(7900);
        Assert.False(story.HasEnded);
        story.Line(400);

        Assert.Equal(CallEndReason.ModelUnreachable, await story.EndedAsync());
        Assert.Equal("no setupComplete within 8 s", story.Store.Ended.Single().Detail);
    }

    [Fact]
    public async Task A_carrier_that_sends_nothing_has_lost_the_media()
    {
        await using CallStory story = CallStory.Joined();
        story.Line(1000);
        story.Pass(9700);
        Assert.False(story.HasEnded);
        story.Pass(600);

        Assert.Equal(CallEndReason.MediaLost, await story.EndedAsync());
    }

    [Fact]
    public async Task A_carrier_that_never_sent_anything_has_lost_the_media_too()
    {
        await using CallStory story = CallStory.Joined();
        story.Pass(10_300);
        Assert.Equal(CallEndReason.MediaLost, await story.EndedAsync());
    }

    [Fact]
    public async Task A_call_ends_at_its_longest()
    {
        await using CallStory story = CallStory.Joined(options: o => o with { CallMax = TimeSpan.FromSeconds(30) });
        story.Line(29_900);
        Assert.False(story.HasEnded);
        story.Line(400);
        Assert.Equal(CallEndReason.LimitDuration, await story.EndedAsync());
    }

    [Fact]
    public async Task A_deaf_model_holds_the_end_up_for_a_bounded_time()
    {
        ListLoggers loggers = new();
        await using CallStory story = new(loggers: loggers);
        story.Begin();
        story.Model.Ready();
        story.Model.IsDeaf = true;
        story.Call.Stop(CallEndReason.CallerHungUp);
        Task<CallEndReason> ended = story.EndedAsync();
        await Eventually.TrueAsync(
            () =>
            {
                Assert.True(story.Clock.GetElapsedTime(0) < TimeSpan.FromSeconds(60), "it hangs");
                story.Clock.Advance(TimeSpan.FromMilliseconds(100));
                return ended.IsCompleted;
            },
            "the call is gone");

        Assert.Equal(CallEndReason.CallerHungUp, await ended);
        Assert.Single(story.Store.Ended); // the row did not wait for it
        Assert.Contains(loggers.Lines, line => line.Contains("did not let go in time", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_store_that_fails_at_the_end_is_logged_and_the_call_is_gone()
    {
        ListLoggers loggers = new();
        await using CallStory story = new(loggers: loggers);
        story.Store.EndFailure = new IOException("the disk is full");
        story.Begin();
        Assert.Equal(CallEndReason.CallerHungUp, await story.HangUpAsync());
        Assert.Contains(loggers.Lines, line => line.Contains("the disk is full", StringComparison.Ordinal));
        Assert.Empty(story.Registry.Snapshot());
    }

    [Fact]
    public async Task Tokens_and_the_latest_handle_stand_in_the_row()
    {
        await using CallStory story = CallStory.Joined();
        story.Model.Sink.OnModelUsage(100, 20);
        story.Model.Sink.OnModelUsage(50, 5);
        story.Model.Sink.OnModelHandle("first");
        story.Model.Sink.OnModelHandle("second");
        await story.HangUpAsync();

        StreamEnding ending = story.Store.Ended.Single();
        Assert.Equal((150, 25, "second"), (ending.PromptTokens, ending.ResponseTokens, ending.GeminiHandle));
    }

    [Fact]
    public async Task The_log_names_no_number_in_full()
    {
        ListLoggers loggers = new();
        await using CallStory story = new(loggers: loggers);
        story.Begin();
        await story.HangUpAsync();

        Assert.Contains(loggers.Lines, line => line.Contains("call call-1 started", StringComparison.Ordinal));
        Assert.Contains(loggers.Lines, line => line.Contains("call call-1 ended: caller_hung_up", StringComparison.Ordinal));
        Assert.DoesNotContain(loggers.Lines, line => line.Contains("09441233609", StringComparison.Ordinal) || line.Contains("08040000000", StringComparison.Ordinal));
    }

    // U22
    [Fact]
    public async Task Whatever_comes_together_a_call_ends_once_and_leaves_nothing()
    {
        for (int seed = 0; seed < 1000; seed++)
        {
            Random random = new(seed);
            await using CallStory story = new();
            if (random.Next(2) == 0)
            {
                story.Store.Hold();
            }

            if (random.Next(20) == 0)
            {
                story.Store.AdoptFailure = new IOException();
            }

            story.Begin();
            List<Action> events =
            [
                story.Store.Commit,
                () => story.Model.Ready(),
                () => story.Model.Says(Signals.Tone(440, 24_000, 0.3)),
                story.Model.EndsTurn,
                story.Model.Interrupts,
                () => story.Line(100),
                () => story.Pass(random.Next(3000)),
                () => story.Model.Sink.OnToolCall(new ToolCall("1", "a", "{}")),
                () => story.Model.Sink.OnToolCallCancelled("1"),
                () => story.Model.IsLost(),
                () => story.Call.Stop(CallEndReason.CallerHungUp),
                () => story.Call.OnCallerMark(random.Next(4)),
            ];
            Action[] order = [.. events];
            random.Shuffle(order);
            foreach (Action happens in order[..random.Next(order.Length)])
            {
                happens();
            }

            story.Store.Commit();
            story.Call.Stop(CallEndReason.Drained);
            CallEndReason reason = await story.EndedAsync();

            Assert.NotEqual(CallEndReason.None, reason);
            Assert.Single(story.Store.Ended);
            Assert.Single(story.Caller.Told, told => told.StartsWith("close", StringComparison.Ordinal));
            Assert.StartsWith("close", story.Caller.Told[^1], StringComparison.Ordinal);
            Assert.Equal(0, story.Counters.Live);
        }
    }
}
