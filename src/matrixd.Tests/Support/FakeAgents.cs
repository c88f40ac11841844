using Matrixd.Calls;

namespace Matrixd.Tests.Support;

/// <summary>One agent for every number, and its tools in the test's hand.</summary>
internal sealed class FakeAgents : IAgentDirectory, IToolRunner
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, TaskCompletionSource<ToolResult>> _running = [];

    /// <summary>Null: no agent takes the call.</summary>
    public string? Name { get; set; } = "reception";

    public string Opening { get; set; } = "";

    public string Apology { get; set; } = "";

    public Exception? Failure { get; set; }

    public List<string> Cancelled { get; } = [];

    public string ForNumber(string to) => Name ?? "";

    public AgentBriefing? Brief(Session session)
    {
        if (Failure is { } failure)
        {
            throw failure;
        }

        return Name is null ? null : new AgentBriefing
        {
            Setup = new ModelSetup { Instruction = $"You are {session.Agent}. {session.Objective}" },
            OpeningText = Opening,
            ApologyPath = Apology,
            Tools = this,
        };
    }

    public Task<ToolResult> RunAsync(ToolCall call, Session session, CancellationToken cancelled)
    {
        TaskCompletionSource<ToolResult> running = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _running[call.Id] = running;
        }

        cancelled.Register(() =>
        {
            lock (_gate)
            {
                Cancelled.Add(call.Id);
            }

            running.TrySetResult(new ToolResult("cancelled", ""));
        });
        return running.Task;
    }

    /// <summary>A running tool answers.</summary>
    public async Task AnswerAsync(string id, string outcome = "ok", string response = """{"output":1}""") =>
        (await RunningAsync(id)).TrySetResult(new ToolResult(outcome, response));

    public async Task FailAsync(string id, Exception failure) => (await RunningAsync(id)).TrySetException(failure);

    /// <summary>Waits until a tool runs.</summary>
    public async Task<TaskCompletionSource<ToolResult>> RunningAsync(string id)
    {
        TaskCompletionSource<ToolResult>? running = null;
        await Eventually.TrueAsync(
            () =>
            {
                lock (_gate)
                {
                    return _running.Remove(id, out running);
                }
            },
            $"tool call {id} runs");
        return running!;
    }
}
