using Matrixd.Agents;
using Matrixd.Calls;
using Matrixd.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Matrixd.Tests.Agents;

// S11
public sealed class ToolBoundsTests
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);

    [Fact]
    public async Task A_server_that_hangs_is_given_up_when_the_tools_time_is_over()
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync(http => HangAsync(http));
        Task<ToolResult> running = AgentsToolRig.Start(rig.Runner(rig.Tool() with { Timeout = TimeSpan.FromSeconds(2.5) }), "lookup");
        await rig.Server.NextAsync();

        rig.Time.Advance(TimeSpan.FromSeconds(2.5));

        Assert.Equal(
            new ToolResult("timeout", """{"error":"lookup gave no answer within 2.5 seconds. It may have done its work all the same."}"""),
            await running.WaitAsync(s_patience));
    }

    [Fact]
    public async Task A_server_that_trickles_is_given_up_as_well()
    {
        var begun = new TaskCompletionSource();
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync(async http =>
        {
            http.Response.ContentType = "text/plain";
            await http.Response.WriteAsync("x");
            await http.Response.Body.FlushAsync();
            begun.SetResult();
            await HangAsync(http);
        });
        Task<ToolResult> running = AgentsToolRig.Start(rig.Runner(rig.Tool()), "lookup");
        await begun.Task.WaitAsync(s_patience);

        rig.Time.Advance(TimeSpan.FromSeconds(8));

        Assert.Equal("timeout", (await running.WaitAsync(s_patience)).Outcome);
    }

    [Fact]
    public async Task A_cancelled_tool_ends_at_once()
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync(http => HangAsync(http));
        using var cancel = new CancellationTokenSource();
        Task<ToolResult> running = AgentsToolRig.Start(rig.Runner(rig.Tool()), "lookup", cancelled: cancel.Token);
        await rig.Server.NextAsync();

        await cancel.CancelAsync();

        Assert.Equal(new ToolResult("cancelled", """{"error":"lookup was cancelled."}"""), await running.WaitAsync(s_patience));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_an_error()
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync("text/plain", "");
        ToolOptions tool = rig.Tool();
        await rig.Server.DisposeAsync();

        ToolResult result = await rig.RunAsync(tool);

        Assert.Equal(new ToolResult("error", """{"error":"lookup cannot be reached at the moment."}"""), result);
        Assert.Contains("lookup cannot be reached: ConnectionRefused", rig.Log.All);
    }

    [Fact]
    public async Task Tools_of_one_call_are_bounded_at_once_and_in_all()
    {
        var gate = new TaskCompletionSource();
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync(async http =>
        {
            await gate.Task;
            await http.Response.WriteAsync("x");
        });
        IToolRunner runner = rig.Runner(rig.Tool());
        Task<ToolResult>[] first = [.. Enumerable.Range(0, ToolDispatcher.MaxAtOnce).Select(_ => AgentsToolRig.Start(runner, "lookup"))];
        for (int i = 0; i < ToolDispatcher.MaxAtOnce; i++)
        {
            await rig.Server.NextAsync();
        }

        ToolResult beyond = await AgentsToolRig.Start(runner, "lookup").WaitAsync(s_patience);
        gate.SetResult();
        ToolResult[] answered = await Task.WhenAll(first).WaitAsync(s_patience);
        for (int i = ToolDispatcher.MaxAtOnce; i < ToolDispatcher.MaxInAll; i++)
        {
            Assert.Equal("unknown_tool", (await AgentsToolRig.Start(runner, "nothing")).Outcome);
        }

        ToolResult last = await AgentsToolRig.Start(runner, "lookup");

        Assert.Equal("error", beyond.Outcome);
        Assert.All(answered, result => Assert.Equal("ok", result.Outcome));
        Assert.Equal(new ToolResult("error", """{"error":"No more tools can be used in this call. Go on without them."}"""), last);
    }

    [Fact]
    public async Task A_hanging_server_does_not_take_the_other_tools()
    {
        await using AgentsLoopbackServer slow = await AgentsLoopbackServer.StartAsync((_, http) => HangAsync(http));
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync("text/plain", "x");
        ToolOptions hanging = rig.Tool("hanging") with { Url = slow.Url };
        int calls = HttpTool.MaxConcurrent + 8;
        IToolRunner[] runners = rig.Runners(calls, hanging, rig.Tool());

        Task<ToolResult>[] stuck = [.. runners.Select(runner => AgentsToolRig.Start(runner, "hanging"))];
        for (int i = 0; i < HttpTool.MaxConcurrent; i++)
        {
            await slow.NextAsync();
        }

        ToolResult other = await AgentsToolRig.Start(runners[0], "lookup").WaitAsync(s_patience);
        for (int i = 0; i < calls + 1; i++)
        {
            await rig.Time.ArmedAsync(due => due == TimeSpan.FromSeconds(8)); // all have begun, those that wait for a slot too
        }

        Assert.Equal("ok", other.Outcome);
        Assert.Equal(HttpTool.MaxConcurrent, slow.Count); // the rest wait their turn
        rig.Time.Advance(TimeSpan.FromSeconds(8));
        Assert.All(await Task.WhenAll(stuck).WaitAsync(s_patience), result => Assert.Equal("timeout", result.Outcome));
    }

    [Fact]
    public async Task Nothing_runs_on_the_thread_that_asks()
    {
        await using AgentsToolRig rig = await AgentsToolRig.StartAsync("text/plain", "x");
        IToolRunner runner = rig.Runner(rig.Tool());
        var asked = new TaskCompletionSource<(int Asker, Task<ToolResult> Task)>();
        using var done = new ManualResetEventSlim();
        var thread = new Thread(() =>
        {
            asked.SetResult((Environment.CurrentManagedThreadId, AgentsToolRig.Start(runner, "nothing")));
            done.Wait(s_patience); // alive, so that its number is nobody else's
        });
        rig.Log.ThreadIds.Clear();

        thread.Start();
        (int asker, Task<ToolResult> task) = await asked.Task;
        await task.WaitAsync(s_patience);
        done.Set();
        thread.Join();

        Assert.NotEmpty(rig.Log.ThreadIds);
        Assert.DoesNotContain(asker, rig.Log.ThreadIds);
    }

    private static async Task HangAsync(HttpContext http)
    {
        var gone = new TaskCompletionSource();
        using CancellationTokenRegistration _ = http.RequestAborted.Register(gone.SetResult);
        await gone.Task;
    }
}
