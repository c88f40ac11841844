namespace Matrixd.Calls;

/// <summary>The tool calls of one call that are under way.</summary>
/// <remarks>Owned by one call, under its gate; the tools themselves run on the pool and come back by <paramref name="completed"/>.</remarks>
/// <param name="completed">Told of each end, outside the gate; not after a cancellation.</param>
internal sealed class ToolCalls(IToolRunner tools, Session session, Action<ToolCall, ToolResult, TimeSpan> completed, TimeProvider clock) : IDisposable
{
    // A model that asks for more at once is in a loop; each of the rest gets an error to read.
    public const int MaxPending = 8;

    private readonly Dictionary<string, Pending> _pending = [];

    /// <summary>Starts a call.</summary>
    /// <returns>Null where it runs; else the error the model is to be told.</returns>
    public string? Start(ToolCall call)
    {
        if (_pending.ContainsKey(call.Id))
        {
            return $"a call with the id {call.Id} is under way";
        }

        if (_pending.Count >= MaxPending)
        {
            return $"{MaxPending} calls are under way: wait for their results";
        }

        CancellationTokenSource cancelled = new();
        _pending.Add(call.Id, new Pending(call, cancelled, RunAsync(call, cancelled.Token), clock.GetTimestamp()));
        return null;
    }

    /// <summary>Takes a call that has ended out.</summary>
    /// <returns>False where it was cancelled: nobody waits for its result.</returns>
    public bool Finish(string id)
    {
        bool known = _pending.Remove(id, out Pending? pending);
        pending?.Cancelled.Dispose();
        return known;
    }

    /// <summary>The model has taken a call back.</summary>
    /// <returns>The call and how long it ran, or null where none of that id is under way.</returns>
    public (ToolCall Call, TimeSpan Ran)? Cancel(string id)
    {
        if (!_pending.Remove(id, out Pending? pending))
        {
            return null;
        }

        pending.Cancelled.Cancel();
        return (pending.Call, clock.GetElapsedTime(pending.Started));
    }

    /// <summary>Cancels everything: the call is over.</summary>
    /// <returns>Completes when the tools have let go.</returns>
    public Task CancelAllAsync()
    {
        Pending[] pending = [.. _pending.Values];
        _pending.Clear();
        foreach (Pending call in pending)
        {
            call.Cancelled.Cancel();
        }

        return Task.WhenAll(pending.Select(call => call.Running));
    }

    public void Dispose() => _pending.Clear();

    private async Task RunAsync(ToolCall call, CancellationToken cancelled)
    {
        long started = clock.GetTimestamp();
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // started under the gate, on a socket's thread
        ToolResult result = await tools.RunAsync(call, session, cancelled);
        completed(call, result, clock.GetElapsedTime(started));
    }

    private sealed record Pending(ToolCall Call, CancellationTokenSource Cancelled, Task Running, long Started);
}
