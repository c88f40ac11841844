using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Matrixd.Storage;

/// <summary>Brings a batch of writes to the disk as one transaction, through locks and outages.</summary>
/// <remarks>Used by the writer thread alone. Owns the writing connection. Each item has a savepoint, so that a broken one does not harm its neighbours.</remarks>
internal sealed partial class BatchCommit(
    StoreConnection opened,
    Func<StoreConnection> reopen,
    WriteQueue queue,
    DiskReserve reserve,
    StoreTuning tuning,
    TimeProvider time,
    StoreCounters counters,
    ILogger logger) : IDisposable
{
    // An alarm that repeats at this pace is seen, and does not fill the disk that is failing.
    private static readonly TimeSpan s_alarmEvery = TimeSpan.FromSeconds(30);

    // How often to try for a new reserve, after the old one was given up.
    private static readonly TimeSpan s_refillEvery = TimeSpan.FromMinutes(1);

    private StoreConnection? _connection = opened;
    private long? _outageSince;
    private long? _alarmedAt;
    private long? _closingSince;
    private long? _reserveGone;

    // The number of a transaction that failed: where it was the commit that did, only the file knows whether it took place.
    private long? _doubt;

    /// <summary>Returns when every item is on disk or was given up; the batch is empty then.</summary>
    public void Run(List<WriteItem> batch)
    {
        while (batch.Count > 0)
        {
            try
            {
                long started = time.GetTimestamp();
                StoreConnection connection = _connection ??= reopen();
                if (!TookPlace(connection))
                {
                    _doubt = connection.Begin();
                    RunItems(connection, batch);
                    connection.Commit();
                    _doubt = null;
                }

                Finish(batch, time.GetElapsedTime(started));
            }
            catch (SqliteException e)
            {
                AfterFault(batch, e);
            }
        }
    }

    /// <summary>Runs the last statements and closes the connection.</summary>
    public void Close(Action<StoreConnection> last)
    {
        if (_connection is { } connection)
        {
            last(connection);
            Drop();
        }
    }

    public void Dispose() => Drop();

    private static void RunItems(StoreConnection connection, List<WriteItem> batch)
    {
        foreach (WriteItem item in batch)
        {
            item.Error = null;
            connection.Sql("SAVEPOINT item").Run();
            try
            {
                item.Run(connection);
            }
#pragma warning disable CA1031 // the one catch at the root of a write: whoever awaits it is told, and the others of the batch go on
            catch (Exception e)
#pragma warning restore CA1031
            {
                // A full disk or an I/O error is no fault of the item, and has mostly ended the whole transaction already.
                if (e is SqliteException fault && (IsOutage(fault) || connection.AutoCommit))
                {
                    throw;
                }

                item.Error = e;
                connection.Sql("ROLLBACK TO item").Run();
            }

            connection.Sql("RELEASE item").Run();
        }
    }

    private static bool IsOutage(SqliteException e) => e.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL
        or raw.SQLITE_IOERR or raw.SQLITE_CANTOPEN or raw.SQLITE_READONLY or raw.SQLITE_NOMEM or raw.SQLITE_PROTOCOL;

    // The count that a transaction carries tells whether it is in the file after all. Then it is not made twice; the reopening made it durable.
    private bool TookPlace(StoreConnection connection)
    {
        bool took = _doubt is { } number && connection.LastCommit() >= number;
        _doubt = null;
        return took;
    }

    private void Finish(List<WriteItem> batch, TimeSpan took)
    {
        int rows = batch.Count(item => item.Error is null);

        // Counted and logged before anybody is told, so that who awaited a write finds it so.
        counters.Committed(rows, took);
        if (_outageSince is { } since)
        {
            LogRecovered(logger, (long)time.GetElapsedTime(since).TotalSeconds);
            _outageSince = null;
            _alarmedAt = null;
        }

        foreach (WriteItem item in batch)
        {
            if (item.Error is null)
            {
                item.Complete();
            }
            else
            {
                GiveUp(item, item.Error);
            }
        }

        batch.Clear();
        if (_reserveGone is { } gone && time.GetElapsedTime(gone) >= s_refillEvery)
        {
            _reserveGone = reserve.TryFill() ? null : time.GetTimestamp();
        }
    }

    private void AfterFault(List<WriteItem> batch, SqliteException e)
    {
        if (IsOutage(e))
        {
            Outage(batch, e);
        }
        else
        {
            Rollback();
            GiveUpAll(batch, e);
        }
    }

    // Keeps the batch for another try, without the items whose patience is over.
    private void Outage(List<WriteItem> batch, SqliteException e)
    {
        if (e.SqliteErrorCode is raw.SQLITE_BUSY or raw.SQLITE_LOCKED or raw.SQLITE_FULL)
        {
            Rollback();
        }
        else
        {
            // What the failed connection believes about the file is not to be trusted.
            Drop();
        }

        counters.Retried();
        _outageSince ??= time.GetTimestamp();
        if (_alarmedAt is not { } alarmed || time.GetElapsedTime(alarmed) >= s_alarmEvery)
        {
            _alarmedAt = time.GetTimestamp();
            LogOutage(logger, e.Message, counters.QueueDepth + batch.Count);
        }

        bool closing = IsClosingOver();
        for (int i = batch.Count - 1; i >= 0; i--)
        {
            WriteItem item = batch[i];
            bool overdue = !item.IsLog && !item.Overdue && time.GetElapsedTime(item.QueuedAt) >= tuning.DurablePatience;
            if (closing || (overdue && !item.Stays))
            {
                batch.RemoveAt(i);
                GiveUp(item, e);
            }
            else if (overdue)
            {
                item.Overdue = true;
                item.Fail(new StorageException($"A write to the store waits for the disk and is not made yet: {e.Message}", e));
            }
        }

        if (e.SqliteErrorCode == raw.SQLITE_FULL && reserve.TryRelease())
        {
            _reserveGone = time.GetTimestamp();
            LogReserveGone(logger);
        }
        else if (batch.Count > 0)
        {
            queue.Pause(tuning.OutagePause);
        }
    }

    private bool IsClosingOver()
    {
        if (queue.Completed)
        {
            _closingSince ??= time.GetTimestamp();
        }

        return _closingSince is { } since && time.GetElapsedTime(since) >= tuning.ClosePatience;
    }

    private void Rollback()
    {
        if (_connection is { AutoCommit: false } connection)
        {
            try
            {
                connection.Sql("ROLLBACK").Run();
            }
            catch (SqliteException)
            {
                Drop();
            }
        }
    }

    private void Drop()
    {
        _connection?.Dispose();
        _connection = null;
    }

    private void GiveUpAll(List<WriteItem> batch, SqliteException e)
    {
        LogLost(logger, batch.Count, e.Message);
        foreach (WriteItem item in batch)
        {
            GiveUp(item, e);
        }

        batch.Clear();
    }

    private void GiveUp(WriteItem item, Exception e)
    {
        if (item.IsLog)
        {
            counters.Dropped();
            LogRowFailed(logger, e.Message);
        }
        else
        {
            counters.Failed();
        }

        item.Fail(e);
    }
}
