namespace Matrixd.Calls;

/// <summary>Blocks on their way from the calls to the thread that writes them.</summary>
/// <remarks>
/// Any thread adds, one takes. A thread of its own can wait on a channel only by way of the pool, which is what it is there to keep clear of.
/// The lock is held for a step of a queue.
/// </remarks>
internal sealed class RecordingQueue : IDisposable
{
    // 1,000 calls make 2,300 blocks a second: nearly one second of a stuck disk, 32 MiB at 8 kHz.
    private const int MaxBlocks = 2048;

    // Blocks that come within this time are written together: a wake-up for each would cost more than its write.
    private static readonly TimeSpan s_gather = TimeSpan.FromMilliseconds(50);

    private readonly Lock _gate = new();
    private readonly ManualResetEvent _completed = new(initialState: false);
    private readonly AutoResetEvent _wake = new(initialState: false);
    private readonly Queue<RecordingBlock> _blocks = new(MaxBlocks);
    private bool _isWaiting;
    private bool _isCompleted;

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _blocks.Count;
            }
        }
    }

    /// <summary>Adds a block. The end of a file finds room whatever is queued: there is one for each call.</summary>
    /// <returns>False where the queue is full, or completed.</returns>
    public bool TryAdd(in RecordingBlock block)
    {
        bool wake;
        lock (_gate)
        {
            if (_isCompleted || (_blocks.Count >= MaxBlocks && block.Buffer is not null))
            {
                return false;
            }

            _blocks.Enqueue(block);
            wake = _isWaiting;
            _isWaiting = false;
        }

        if (wake)
        {
            _wake.Set();
        }

        return true;
    }

    /// <summary>Takes the oldest block without waiting.</summary>
    public bool TryTake(out RecordingBlock block)
    {
        lock (_gate)
        {
            return _blocks.TryDequeue(out block);
        }
    }

    /// <summary>Waits until there is a block.</summary>
    /// <returns>False where there will be none any more.</returns>
    public bool Wait()
    {
        while (true)
        {
            lock (_gate)
            {
                if (_blocks.Count > 0)
                {
                    return true;
                }

                if (_isCompleted)
                {
                    return false;
                }

                _isWaiting = true;
            }

            _wake.WaitOne();
            _completed.WaitOne(s_gather);
        }
    }

    /// <summary>Nothing is added any more; what is queued can still be taken.</summary>
    public void Complete()
    {
        lock (_gate)
        {
            _isCompleted = true;
        }

        _completed.Set();
        _wake.Set();
    }

    /// <summary>Once <see cref="Wait"/> has returned false.</summary>
    public void Dispose()
    {
        _wake.Dispose();
        _completed.Dispose();
    }
}
