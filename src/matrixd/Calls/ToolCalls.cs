namespace Matrixd.Calls;

/// <summary>The tool calls of one call that are under way.</summary>
/// <remarks>Owned by one call, under its gate; the tools themselves run on the pool and come back by <paramref name="completed"/>.</remarks>
/// <param name="completed">Told of each end, outside the gate; also of calls that were taken back, which <see cref="Finish"/> then does not know.</param>
internal sealed class ToolCalls(IToolRunner tools, Session session, Action<ToolCall, ToolResult, TimeSpan> completed, TimeProvider clock)
{
    // A model that asks for more at once is in a loop; each of the rest gets an error to read.
    public const int MaxPending = 8;

    private readonly Dictionary<string, Pending> _pending = [];
    private readonly List<Pending> _takenBack = []; // and may still run

    /// <summary>Calls that wait for their results.</summary>
    public int Count => _pending.Count;

    /// <summary>Starts a call.</summary>
    /// <returns>Null where it runs; else the error the model is to be told.</returns>
    public string? Start(ToolCall call)
    {
        if (_pending.ContainsKey(call.Id))
        {
            return $"a call with the id {call.Id} is under way";
        }

        _takenBack.RemoveAll(static taken => taken.Running.IsCompleted);
        if (_pending.Count + _takenBack.Count >= MaxPending)
        {
            return $"{MaxPending} calls are under way: wait for their results";
        }

        CancellationTokenSource cancelled = new();
        _pending.Add(call.Id, new Pending(call, cancelled, RunAsync(call, cancelled.Token), clock.GetTimestamp()));
        return null;
    }

    /// <summary>Takes a call that has ended out.</summary>
    /// <returns>False where it was cancelled: nobody waits for its result.</returns>
    public bool Finish(ToolCall call)
    {
        // By the call, not its id alone: a model may use the id of one that it took back again.
        if (!_pending.TryGetValue(call.Id, out Pending? pending) || !ReferenceEquals(pending.Call, call))
        {
            return false;
        }

        _pending.Remove(call.Id);
        pending.Cancelled.Dispose();
        return true;
    }

    /// <summary>The model has taken a call back.</summary>
    /// <returns>The call and how long it ran, or null where none of that id is under way.</returns>
    public (ToolCall Call, TimeSpan Ran)? Cancel(string id)
    {
        if (!_pending.Remove(id, out Pending? pending))
        {
            return null;
        }

        _takenBack.Add(pending);
        pending.Cancelled.Cancel();
        return (pending.Call, clock.GetElapsedTime(pending.Started));
    }

    /// <summary>The call is over: takes everything out that is under way.</summary>
    /// <returns>The calls, and how long each has run.</returns>
    public IReadOnlyList<(ToolCall Call, TimeSpan Ran)> Abandon()
    {
        Pending[] pending = [.. _pending.Values];
        _pending.Clear();
        _takenBack.AddRange(pending);
        return [.. pending.Select(call => (call.Call, clock.GetElapsedTime(call.Started)))];
    }

    /// <summary>After <see cref="Abandon"/>, outside the gate: cancels what was abandoned.</summary>
    /// <returns>Completes when the tools have let go. Never faults.</returns>
    public Task LetGoAsync()
    {
        foreach (Pending call in _takenBack)
        {
            call.Cancelled.Cancel();
        }

        return Task.WhenAll(_takenBack.Select(call => call.Running));
    }

    private async Task RunAsync(ToolCall call, CancellationToken cancelled)
    {
        long started = clock.GetTimestamp();
        await Task.Yield(); // started under the gate, on a socket's thread
        ToolResult result;
        try
        {
            result = await tools.RunAsync(call, session, cancelled);
        }
#pragma warning disable CA1031 // a tool is somebody else's code: whatever it throws is an outcome, and the model waits for one
        catch (Exception e)
#pragma warning restore CA1031
        {
            result = new ToolResult("error", ToolResponses.Error($"the tool failed: {e.GetType().Name}"));
        }

        completed(call, result, clock.GetElapsedTime(started));
    }

    private sealed record Pending(ToolCall Call, CancellationTokenSource Cancelled, Task Running, long Started);
}
