using System.IO.Pipelines;

namespace Matrixd.Transport.Loop;

/// <summary>Where the far ends of a connection's pipes go on: on the pool, until a call needs them on the loop.</summary>
internal sealed class LoopScheduler(EventLoop loop) : PipeScheduler
{
    /// <summary>True: at once, where the thread is the loop's. Set when a WebSocket begins.</summary>
    public bool IsInline { get; set; }

    public override void Schedule(Action<object?> action, object? state)
    {
        if (IsInline && loop.IsCurrent)
        {
            action(state);
        }
        else
        {
            System.Threading.ThreadPool.UnsafeQueueUserWorkItem(static work => work.Action(work.State), (Action: action, State: state), preferLocal: false);
        }
    }
}
