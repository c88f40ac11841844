using System.Collections.Concurrent;

namespace Matrixd.Timing;

/// <summary>Keeps all work on one thread: what is awaited goes on where it was begun, when its turn comes.</summary>
/// <remarks>
/// The daemon's code awaits without choosing where it goes on, and leaves a gate by <see cref="Task.Yield"/>; under this context both stay on the thread that
/// calls <see cref="RunAll"/>, in the order in which they became ready. So the same input gives the same run.
/// </remarks>
internal sealed class OwnThread : SynchronizationContext
{
    private readonly ConcurrentQueue<(SendOrPostCallback Work, object? State)> _work = new();
    private readonly int _thread = Environment.CurrentManagedThreadId;

    /// <summary>True on the thread that made it.</summary>
    public bool IsHere => Environment.CurrentManagedThreadId == _thread;

    public override void Post(SendOrPostCallback d, object? state) => _work.Enqueue((d, state));

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (!IsHere)
        {
            throw new InvalidOperationException("this context waits for nobody: work of another thread is posted");
        }

        d(state);
    }

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Does what is ready, and what becomes ready by it.</summary>
    public void RunAll()
    {
        while (_work.TryDequeue(out (SendOrPostCallback Work, object? State) next))
        {
            next.Work(next.State);
        }
    }
}
