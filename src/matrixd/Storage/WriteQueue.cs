using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Matrixd.Storage;

/// <summary>First in, first out, from every thread of the daemon to the one writer; bounded.</summary>
/// <remarks>
/// Adding never blocks: callers stand on socket threads. The writer sleeps while there is nothing to do, and lingers while there are log rows only.
/// One queue for both kinds keeps their order: when the end of a call is on disk, so are its turns.
/// </remarks>
internal sealed class WriteQueue(StoreTuning tuning, TimeProvider time, StoreCounters counters) : IDisposable
{
    /// <summary>Rows in one transaction: what one fsync is shared by, still far below 20 ms of work.</summary>
    public const int BatchRows = 256;

    private const int Awake = 0;
    private const int Asleep = 1;
    private const int Lingering = 2;

    // While closing, tries follow each other quickly: the process wants to end.
    private static readonly TimeSpan s_closingPause = TimeSpan.FromMilliseconds(50);

    private readonly ConcurrentQueue<WriteItem> _items = new();
    private readonly AutoResetEvent _wake = new(false);
    private int _durable;
    private int _logs;
    private long _logBytes;
    private int _writer;
    private volatile bool _completed;

    /// <summary>Nothing will be added any more.</summary>
    public bool Completed => _completed;

    /// <summary>False: the queue is full or closed, the item was not taken.</summary>
    public bool TryAdd(WriteItem item)
    {
        if (!(item.IsLog ? TryReserveLog(item.Bytes) : TryReserve(ref _durable, tuning.DurableQueueItems)))
        {
            return false;
        }

        // Asked after the place was reserved: the writer leaves only when the queue is closed and no place is reserved, so nothing is forgotten in between.
        if (_completed)
        {
            Release(item);
            return false;
        }

        item.QueuedAt = time.GetTimestamp();
        counters.Queued();
        _items.Enqueue(item);
        Wake(item.IsLog);
        return true;
    }

    /// <summary>Takes the oldest item; writer thread only.</summary>
    public bool TryTake([NotNullWhen(true)] out WriteItem? item)
    {
        if (!_items.TryDequeue(out item))
        {
            return false;
        }

        counters.Taken();
        Release(item);
        return true;
    }

    /// <summary>Sleeps until there is something to commit; false once the queue is closed and empty. Writer thread only.</summary>
    public bool Wait()
    {
        while (true)
        {
            if (Ready())
            {
                return !(_completed && Volatile.Read(ref _durable) == 0 && Volatile.Read(ref _logs) == 0);
            }

            bool lingering = !_items.IsEmpty;
            Interlocked.Exchange(ref _writer, lingering ? Lingering : Asleep);

            // Asked again after the flag went up: an item added in between saw the writer awake and did not ring. A log row found now shortens the sleep.
            if (!Ready() && lingering == !_items.IsEmpty)
            {
                _wake.WaitOne(lingering ? Linger() : Timeout.InfiniteTimeSpan);
            }

            Interlocked.Exchange(ref _writer, Awake);
        }
    }

    /// <summary>Pauses the writer; ends early when the queue is closed.</summary>
    public void Pause(TimeSpan pause)
    {
        if (!_completed)
        {
            _wake.WaitOne(pause);
        }
        else
        {
            Thread.Sleep(pause < s_closingPause ? pause : s_closingPause);
        }
    }

    /// <summary>Nothing more is taken in; what is queued is still written.</summary>
    public void Complete()
    {
        _completed = true;
        _wake.Set();
    }

    public void Dispose() => _wake.Dispose();

    private bool Ready() =>
        _completed || Volatile.Read(ref _durable) > 0 || Volatile.Read(ref _logs) >= BatchRows || (!_items.IsEmpty && Linger() <= TimeSpan.Zero);

    // Until the oldest row has waited long enough.
    private TimeSpan Linger()
    {
        TimeSpan left = _items.TryPeek(out WriteItem? oldest) ? tuning.LogLinger - time.GetElapsedTime(oldest.QueuedAt) : TimeSpan.Zero;
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private void Wake(bool log)
    {
        int writer = Volatile.Read(ref _writer);
        bool needed = writer == Asleep || (writer == Lingering && (!log || Volatile.Read(ref _logs) >= BatchRows));
        if (needed && Interlocked.Exchange(ref _writer, Awake) != Awake)
        {
            _wake.Set();
        }
    }

    private void Release(WriteItem item)
    {
        if (item.IsLog)
        {
            Interlocked.Add(ref _logBytes, -item.Bytes);
            Interlocked.Decrement(ref _logs);
        }
        else
        {
            Interlocked.Decrement(ref _durable);
        }
    }

    private bool TryReserveLog(int bytes)
    {
        if (!TryReserve(ref _logs, tuning.LogQueueRows))
        {
            return false;
        }

        if (Interlocked.Add(ref _logBytes, bytes) <= tuning.LogQueueBytes)
        {
            return true;
        }

        Interlocked.Add(ref _logBytes, -bytes);
        Interlocked.Decrement(ref _logs);
        return false;
    }

    private static bool TryReserve(ref int count, int bound)
    {
        if (Interlocked.Increment(ref count) <= bound)
        {
            return true;
        }

        Interlocked.Decrement(ref count);
        return false;
    }
}
