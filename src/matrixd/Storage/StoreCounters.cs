namespace Matrixd.Storage;

/// <summary>What the store did since it was opened, for the metrics.</summary>
/// <remarks>Read from any thread; each value is exact, the values together are not one snapshot.</remarks>
internal sealed class StoreCounters
{
    private long _commits;
    private long _rows;
    private long _failed;
    private long _dropped;
    private long _retries;
    private long _micros;
    private long _longestMicros;
    private long _depth;

    /// <summary>Transactions on disk.</summary>
    public long Commits => Volatile.Read(ref _commits);

    /// <summary>Writes on disk.</summary>
    public long Rows => Volatile.Read(ref _rows);

    /// <summary>Writes that were refused: broken rows, a full queue of awaited writes, an outage that outlasted the patience.</summary>
    public long FailedRows => Volatile.Read(ref _failed);

    /// <summary>Turns and tool calls that were lost, because the queue was full or the disk failed.</summary>
    public long DroppedRows => Volatile.Read(ref _dropped);

    /// <summary>Transactions that had to be tried again: locked, full, failing disk.</summary>
    public long Retries => Volatile.Read(ref _retries);

    /// <summary>[µs] from the begin of the transaction to the end of the commit, summed.</summary>
    public long CommitMicroseconds => Volatile.Read(ref _micros);

    /// <summary>[µs] the longest of them.</summary>
    public long LongestCommitMicroseconds => Volatile.Read(ref _longestMicros);

    /// <summary>Writes waiting now.</summary>
    public long QueueDepth => Volatile.Read(ref _depth);

    // Commits are counted by the writer thread alone; the rest by anybody.
    public void Committed(int rows, TimeSpan took)
    {
        long micros = (long)took.TotalMicroseconds;
        Volatile.Write(ref _longestMicros, Math.Max(_longestMicros, micros));
        Interlocked.Add(ref _micros, micros);
        Interlocked.Add(ref _rows, rows);
        Interlocked.Increment(ref _commits);
    }

    public void Failed() => Interlocked.Increment(ref _failed);

    public void Dropped() => Interlocked.Increment(ref _dropped);

    public void Retried() => Interlocked.Increment(ref _retries);

    public void Queued() => Interlocked.Increment(ref _depth);

    public void Taken() => Interlocked.Decrement(ref _depth);
}
