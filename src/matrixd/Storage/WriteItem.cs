namespace Matrixd.Storage;

/// <summary>One write on its way to the disk.</summary>
/// <remarks>Made by any thread, then owned by the writer thread. It can run more than once: whatever it did before a failed commit was rolled back.</remarks>
internal abstract class WriteItem
{
    /// <summary>[bytes] it holds while it waits; counted for log rows only.</summary>
    public virtual int Bytes => 0;

    /// <summary>Nobody awaits it: it may wait for company, and be dropped.</summary>
    public abstract bool IsLog { get; }

    /// <summary><see cref="TimeProvider.GetTimestamp"/> of its arrival.</summary>
    public long QueuedAt { get; set; }

    /// <summary>It stays in the queue even when whoever awaited it has been told that it takes too long.</summary>
    public virtual bool Stays => IsLog;

    /// <summary>Who awaited it has been told that it takes too long.</summary>
    public bool Overdue { get; set; }

    /// <summary>Why its last run failed; its own changes were undone.</summary>
    public Exception? Error { get; set; }

    /// <summary>Runs inside a transaction, within a savepoint of its own.</summary>
    public abstract void Run(StoreConnection connection);

    /// <summary>It is on disk.</summary>
    public virtual void Complete()
    {
    }

    /// <summary>It will never be on disk.</summary>
    public virtual void Fail(Exception cause)
    {
    }
}
