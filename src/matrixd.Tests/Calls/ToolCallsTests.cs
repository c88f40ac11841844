using Matrixd.Calls;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Calls;

// U19
public sealed class ToolCallsTests
{
    [Fact]
    public async Task A_tool_runs_and_its_answer_goes_to_the_model_and_into_the_log()
    {
        await using CallStory story = CallStory.Joined();
        Ask(story, "1", "lookup");
        story.Pass(700);
        await story.Agents.AnswerAsync("1", response: """{"output":42}""");

        await ToldAsync(story, """tool 1 lookup {"output":42}""");
        ToolCallRecord row = Assert.Single(story.Log.Tools);
        Assert.Equal(("1", "lookup", "ok", """{"output":42}""", "{}"), (row.Id, row.Name, row.Outcome, row.Response, row.Arguments));
        Assert.Equal(1, story.Counters.ToolCalls);
    }

    [Fact]
    public async Task Its_runners_word_for_an_unknown_tool_reaches_the_model()
    {
        await using CallStory story = CallStory.Joined();
        Ask(story, "1", "nonsense");
        await story.Agents.AnswerAsync("1", "unknown_tool", """{"error":"there is no tool nonsense"}""");

        await ToldAsync(story, """tool 1 nonsense {"error":"there is no tool nonsense"}""");
        Assert.Equal("unknown_tool", story.Log.Tools.Single().Outcome);
    }

    [Fact]
    public async Task A_second_call_under_an_id_that_runs_is_told_so_and_the_first_goes_on()
    {
        await using CallStory story = CallStory.Joined();
        Ask(story, "1", "a");
        Ask(story, "1", "b");
        Assert.StartsWith("""tool 1 b {"error":""", story.Model.Told[^1], StringComparison.Ordinal);

        await story.Agents.AnswerAsync("1");
        await ToldAsync(story, """tool 1 a {"output":1}""");
    }

    [Fact]
    public async Task More_than_a_few_at_once_are_refused_until_one_is_done()
    {
        await using CallStory story = CallStory.Joined();
        for (int i = 0; i < ToolCalls.MaxPending; i++)
        {
            Ask(story, $"{i}", "a");
        }

        Ask(story, "x", "a");
        Assert.StartsWith("""tool x a {"error":""", story.Model.Told[^1], StringComparison.Ordinal);
        await story.Agents.AnswerAsync("0");
        await ToldAsync(story, """tool 0 a {"output":1}""");
        Ask(story, "y", "a");
        await story.Agents.AnswerAsync("y");
        await ToldAsync(story, """tool y a {"output":1}""");
    }

    [Fact]
    public async Task A_call_that_the_model_takes_back_gets_no_answer()
    {
        await using CallStory story = CallStory.Joined();
        Ask(story, "1", "a");
        await story.Agents.RunningAsync("1");
        story.Model.Sink.OnToolCallCancelled("1");
        story.Model.Sink.OnToolCallCancelled("1");
        story.Model.Sink.OnToolCallCancelled("never");

        Assert.Equal(["1"], story.Agents.Cancelled);
        Assert.Equal("cancelled", Assert.Single(story.Log.Tools).Outcome);
        await story.HangUpAsync();
        Assert.DoesNotContain(story.Model.Told, told => told.StartsWith("tool", StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_late_result_of_a_call_that_was_taken_back_is_not_taken_for_its_successors()
    {
        await using CallStory story = CallStory.Joined();
        TaskCompletionSource<ToolResult> stubborn = new();
        Stubborn runner = new(stubborn.Task);
        List<string> told = [];
        ToolCalls? calls = null;
        calls = new ToolCalls(runner, new Session { CallSid = CallSid.Parse("c"), Direction = CallDirection.Inbound, State = SessionState.Live },
            (call, result, _) =>
            {
                lock (told)
                {
                    told.Add($"{call.Name} {result.Outcome} {calls!.Finish(call)}");
                }
            },
            story.Clock);
        lock (told)
        {
            Assert.Null(calls.Start(new ToolCall("1", "old", "{}")));
            Assert.NotNull(calls.Cancel("1"));
            Assert.Null(calls.Start(new ToolCall("1", "new", "{}")));
        }

        stubborn.SetResult(new ToolResult("ok", "{}"));

        await Eventually.TrueAsync(() => Count(told) == 2, "both have come back");
        Assert.Equal(["new ok True", "old ok False"], told.Order());
    }

    [Fact]
    public void Calls_that_were_taken_back_and_still_run_count_against_the_bound()
    {
        Stubborn runner = new(new TaskCompletionSource<ToolResult>().Task);
        ToolCalls calls = new(runner, new Session { CallSid = CallSid.Parse("c"), Direction = CallDirection.Inbound, State = SessionState.Live }, (_, _, _) => { }, new CallsClock());
        for (int i = 0; i < ToolCalls.MaxPending; i++)
        {
            Assert.Null(calls.Start(new ToolCall($"{i}", "a", "{}")));
            calls.Cancel($"{i}");
        }

        Assert.NotNull(calls.Start(new ToolCall("x", "a", "{}")));
    }

    [Fact]
    public async Task A_tool_that_throws_is_an_error_for_the_model()
    {
        await using CallStory story = CallStory.Joined();
        Ask(story, "1", "a");
        await story.Agents.FailAsync("1", new InvalidOperationException("secret words"));

        await ToldAsync(story, """tool 1 a {"error":"the tool failed: InvalidOperationException"}""");
    }

    [Fact]
    public async Task What_runs_when_the_call_ends_is_cancelled_and_written_down_before_the_row()
    {
        await using CallStory story = CallStory.Joined();
        Ask(story, "1", "a");
        await story.Agents.RunningAsync("1");
        story.Call.Stop(CallEndReason.CallerHungUp);
        Assert.Equal("cancelled", Assert.Single(story.Log.Tools).Outcome);

        await story.EndedAsync();
        Assert.Equal(["1"], story.Agents.Cancelled);
        Assert.DoesNotContain(story.Model.Told, told => told.StartsWith("tool", StringComparison.Ordinal));
        Assert.Single(story.Log.Tools);
    }

    [Fact]
    public async Task A_result_after_the_end_of_the_call_goes_nowhere()
    {
        await using CallStory story = CallStory.Joined();
        Ask(story, "1", "a");
        TaskCompletionSource<ToolResult> running = await story.Agents.RunningAsync("1");
        story.Call.Stop(CallEndReason.CallerHungUp);
        running.TrySetResult(new ToolResult("ok", "{}"));
        await story.EndedAsync();
        Ask(story, "2", "a");

        Assert.DoesNotContain(story.Model.Told, told => told.StartsWith("tool", StringComparison.Ordinal));
        Assert.Single(story.Log.Tools);
    }

    [Fact]
    public void A_refusal_is_JSON_whatever_it_quotes() =>
        Assert.Equal("say \"hi\"\n\u0001", System.Text.Json.JsonDocument.Parse(ToolResponses.Error("say \"hi\"\n\u0001")).RootElement.GetProperty("error").GetString());

    private static int Count(List<string> told)
    {
        lock (told)
        {
            return told.Count;
        }
    }

    private static void Ask(CallStory story, string id, string name)
    {
        story.Model.Sink.OnToolCall(new ToolCall(id, name, "{}"));
        story.Model.Sink.OnModelBatchEnd();
    }

    private static Task ToldAsync(CallStory story, string what) =>
        Eventually.TrueAsync(
            () =>
            {
                lock (story.Call.Gate)
                {
                    return story.Model.Told.Contains(what);
                }
            },
            what);

    private sealed class Stubborn(Task<ToolResult> result) : IToolRunner
    {
        public Task<ToolResult> RunAsync(ToolCall call, Session session, CancellationToken cancelled) => result;
    }
}
