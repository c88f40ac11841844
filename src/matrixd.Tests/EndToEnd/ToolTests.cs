using System.Text.Json;
using Matrixd.Agents;
using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>Tools of the model over a real HTTP server, and what a slow one does to the call: nothing.</summary>
public class ToolTests
{
    private const string Schema = """{"type":"object","properties":{"order_id":{"type":"string"}},"required":["order_id"]}""";

    [Fact]
    public async Task A_tool_is_asked_its_answer_goes_back_on_the_wire_and_a_row_tells_of_it()
    {
        await using AgentsLoopbackServer crm = await AgentsLoopbackServer.StartAsync((_, http) => Answer(http));
        await using House house = await BuildAsync(crm);
        EndToEndLine line = await house.LineAsync("tool");
        GeminiConnection connection = await house.ReadyAsync();

        connection.SendToolCall("call-1", new GeminiToolCall("lookup_order", """{"order_id":"A-17"}"""));
        AgentsLoopbackServer.Request asked = await crm.NextAsync();
        GeminiReceived answer = await connection.Ledger.ReceivedAsync("toolResponse");
        line.HangUp();
        await house.EndedAsync("tool");

        Assert.Contains("A-17", asked.Body, StringComparison.Ordinal);
        Assert.Equal("tool-key-1", asked.Headers["X-Api-Key"]);
        JsonElement response = answer.Json.GetProperty("toolResponse").GetProperty("functionResponses")[0];
        Assert.Equal(("call-1", "lookup_order"), (response.GetProperty("id").GetString(), response.GetProperty("name").GetString()));
        Assert.Equal("left the house", response.GetProperty("response").GetProperty("output").GetProperty("status").GetString());
        ToolCallRecord row = Assert.Single(await house.ReadAsync((_, log) => log.ToolCallsAsync(CallSid.Parse("tool"))));
        Assert.Equal(("call-1", "lookup_order", "ok"), (row.Id, row.Name, row.Outcome));
        Assert.Contains("A-17", row.Arguments, StringComparison.Ordinal);
        Assert.Contains("left the house", row.Response, StringComparison.Ordinal);
        Assert.Equal(1, (await house.MetricsAsync())["tool_calls_total"]);
    }

    [Fact]
    public async Task Arguments_that_do_not_fit_the_schema_never_leave_the_house()
    {
        await using AgentsLoopbackServer crm = await AgentsLoopbackServer.StartAsync((_, http) => http.Response.WriteAsync("{}"));
        await using House house = await BuildAsync(crm);
        EndToEndLine line = await house.LineAsync("tool-args");
        GeminiConnection connection = await house.ReadyAsync();

        connection.SendToolCall("call-1", new GeminiToolCall("lookup_order", """{"order_id":17}"""));
        GeminiReceived answer = await connection.Ledger.ReceivedAsync("toolResponse");
        line.HangUp();
        await house.EndedAsync("tool-args");

        Assert.Equal(0, crm.Count);
        Assert.Contains("order_id", answer.Text, StringComparison.Ordinal);
        Assert.Equal("bad_arguments", Assert.Single(await house.ReadAsync((_, log) => log.ToolCallsAsync(CallSid.Parse("tool-args")))).Outcome);
    }

    [Theory]
    [InlineData("gemini-3.8-live", true)]
    [InlineData("gemini-3.1-flash-live-preview", false)] // a blocking call: the model takes no audio meanwhile, and none may be lost
    public async Task A_tool_that_hangs_holds_up_no_voice_and_loses_none(string model, bool flows)
    {
        TaskCompletionSource released = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using AgentsLoopbackServer crm = await AgentsLoopbackServer.StartAsync(async (_, http) =>
        {
            await released.Task.WaitAsync(http.RequestAborted);
            await Answer(http);
        });
        await using House house = await BuildAsync(crm, TimeSpan.FromMinutes(1), model);
        EndToEndLine line = await house.LineAsync("tool-hangs");
        GeminiConnection connection = await house.ReadyAsync();
        connection.SendToolCall("call-1", new GeminiToolCall("lookup_order", """{"order_id":"A-17"}"""));
        await crm.NextAsync();
        short[] speech = Signals.Noise(8000, 0.5, seed: 24);
        short[] turn = Signals.Noise(24_000, 0.3, seed: 25);

        line.Speak(speech);
        short[] expected = EndToEndSound.Stream(speech, 8000, 16_000);
        await house.MetricAsync("caller_frames_total", 25);
        if (flows)
        {
            await connection.Ledger.WaitAsync(() => connection.Ledger.CallerPcm.Length >= expected.Length / 320 * 320, "caller audio while the tool hangs");
        }

        _ = connection.SayAsync(turn);
        await line.TurnsAsync(turn);

        Assert.DoesNotContain(connection.Ledger.Received, r => r.Kind == "toolResponse");
        Assert.Equal(flows ? 25 : 0, connection.Ledger.AudioMessages);
        released.SetResult();
        GeminiReceived answer = await connection.Ledger.ReceivedAsync("toolResponse");
        Assert.Contains("left the house", answer.Text, StringComparison.Ordinal);
        await connection.Ledger.WaitAsync(() => connection.Ledger.CallerPcm.Length >= expected.Length / 320 * 320, "all that was said");
        EndToEndSound.AssertSame(expected.AsSpan(0, expected.Length / 320 * 320), connection.Ledger.CallerPcm);
        line.HangUp();
        await house.EndedAsync("tool-hangs");
    }

    [Fact]
    public async Task A_tool_that_does_not_answer_is_given_up_at_its_timeout_and_the_model_told()
    {
        await using AgentsLoopbackServer crm = await AgentsLoopbackServer.StartAsync((_, http) => Hang(http));
        await using House house = await BuildAsync(crm, TimeSpan.FromSeconds(1));
        EndToEndLine line = await house.LineAsync("tool-late");
        GeminiConnection connection = await house.ReadyAsync();

        connection.SendToolCall("call-1", new GeminiToolCall("lookup_order", """{"order_id":"A-17"}"""));

        GeminiReceived answer = await connection.Ledger.ReceivedAsync("toolResponse");
        Assert.Contains("\"error\"", answer.Text, StringComparison.Ordinal);
        line.HangUp();
        await house.EndedAsync("tool-late");
        Assert.Equal("timeout", Assert.Single(await house.ReadAsync((_, log) => log.ToolCallsAsync(CallSid.Parse("tool-late")))).Outcome);
    }

    [Fact]
    public async Task A_call_taken_back_by_the_model_is_cancelled_and_never_answered()
    {
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using AgentsLoopbackServer crm = await AgentsLoopbackServer.StartAsync(async (_, http) =>
        {
            http.RequestAborted.Register(() => aborted.TrySetResult());
            await Hang(http);
        });
        await using House house = await BuildAsync(crm);
        EndToEndLine line = await house.LineAsync("tool-back");
        GeminiConnection connection = await house.ReadyAsync();
        connection.SendToolCall("call-1", new GeminiToolCall("lookup_order", """{"order_id":"A-17"}"""));
        await crm.NextAsync();

        connection.SendToolCallCancellation("call-1");

        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(20));
        await Eventually.TrueAsync(async () => (await house.ReadAsync((_, log) => log.ToolCallsAsync(CallSid.Parse("tool-back")))).Count == 1, "its row");
        line.HangUp();
        await house.EndedAsync("tool-back");
        Assert.DoesNotContain(connection.Ledger.Received, r => r.Kind == "toolResponse");
        Assert.Equal("cancelled", Assert.Single(await house.ReadAsync((_, log) => log.ToolCallsAsync(CallSid.Parse("tool-back")))).Outcome);
    }

    [Fact]
    public async Task A_call_that_ends_lets_go_of_its_tools()
    {
        TaskCompletionSource aborted = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await using AgentsLoopbackServer crm = await AgentsLoopbackServer.StartAsync(async (_, http) =>
        {
            http.RequestAborted.Register(() => aborted.TrySetResult());
            await Hang(http);
        });
        await using House house = await BuildAsync(crm, TimeSpan.FromMinutes(1));
        EndToEndLine line = await house.LineAsync("tool-end");
        GeminiConnection connection = await house.ReadyAsync();
        connection.SendToolCall("call-1", new GeminiToolCall("lookup_order", """{"order_id":"A-17"}"""));
        await crm.NextAsync();

        line.HangUp();

        await aborted.Task.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(CallEndReason.CallerHungUp, (await house.EndedAsync("tool-end")).EndReason);
        await house.MetricAsync("slots_taken", 0);
    }

    private static Task Answer(HttpContext http)
    {
        http.Response.ContentType = "application/json";
        return http.Response.WriteAsync("""{"status":"left the house"}""");
    }

    private static async Task Hang(HttpContext http)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, http.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // the daemon has given up, as it should
        }
    }

    private static Task<House> BuildAsync(AgentsLoopbackServer crm, TimeSpan? timeout = null, string model = "") => House.BuildAsync(House.Scripted, config => config with
    {
        Gemini = model.Length > 0 ? config.Gemini with { Model = model } : config.Gemini,
        Agents = [config.Agents[0] with { Tools = ["lookup_order"] }],
        Tools =
        [
            new ToolOptions
            {
                Name = "lookup_order", Description = "State of an order.", Url = new Uri(crm.Url, "/orders"), Parameters = Schema,
                Timeout = timeout ?? TimeSpan.FromSeconds(8), Headers = [new("X-Api-Key", "tool-key-1")],
            },
        ],
    });
}
