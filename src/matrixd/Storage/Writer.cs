using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;

namespace Matrixd.Storage;

/// <summary>The one thread that writes and checkpoints, over the one connection that can.</summary>
/// <remarks>
/// Two connections that write or checkpoint at the same instant can corrupt a WAL database in SQLite 3.7.0 to 3.51.2
/// (Source: https://www.sqlite.org/wal.html#walresetbug): hence one. A transaction takes what is queued: when idle a write is committed at once, under load
/// one fsync serves many. Tasks complete after the commit, never before.
/// Lifetime: <see cref="Start"/> once, <see cref="FinishAsync"/> once, then <see cref="Dispose"/>. Writes come from any thread and never block it.
/// </remarks>
internal sealed partial class Writer : IDisposable
{
    private readonly StoreTuning _tuning;
    private readonly ILogger _logger;
    private readonly WriteQueue _queue;
    private readonly BatchCommit _commit;
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Thread _thread;
    private Action<StoreConnection>? _last;

    /// <param name="connection">The writing connection; owned from here on.</param>
    /// <param name="reopen">Opens another one after an I/O error.</param>
    /// <param name="reserve">What is given up when the disk is full.</param>
    /// <param name="tuning">Bounds.</param>
    /// <param name="time">For waits and latencies.</param>
    /// <param name="logger">For the operator.</param>
    public Writer(StoreConnection connection, Func<StoreConnection> reopen, DiskReserve reserve, StoreTuning tuning, TimeProvider time, ILogger logger)
    {
        _tuning = tuning;
        _logger = logger;
        _queue = new WriteQueue(tuning, time, Counters);
        _commit = new BatchCommit(connection, reopen, _queue, reserve, tuning, time, Counters, logger);
        _thread = new Thread(Run) { Name = "store writer", IsBackground = true };
    }

    public StoreCounters Counters { get; } = new();

    public void Start() => _thread.Start();

    /// <summary>Completes when the write is on disk; fails with <see cref="StorageException"/>.</summary>
    /// <param name="work">Runs on the writer thread, more than once where a transaction failed.</param>
    /// <param name="stays">After <see cref="StoreTuning.DurablePatience"/> the task fails, yet the write is still made once the disk takes it.</param>
    public Task<T> WriteAsync<T>(Func<StoreConnection, T> work, bool stays)
    {
        DurableItem<T> item = new(work, stays);
        if (!_queue.TryAdd(item))
        {
            Counters.Failed();
            item.Fail(new StorageException(_queue.Completed
                ? "The store is closing and takes no more writes."
                : $"The store is {_tuning.DurableQueueItems} writes behind and takes no more: see the log for a locked database or a failing disk."));
        }

        return item.Done;
    }

    /// <summary>Leaves a row to be written within a second; drops and counts it where the queue is full.</summary>
    /// <param name="row">What to write.</param>
    /// <param name="write">How.</param>
    /// <param name="characters">Length of its texts, for the bound on memory.</param>
    public void Log<TRow>(TRow row, Action<StoreConnection, TRow> write, int characters)
    {
        if (!_queue.TryAdd(new LogItem<TRow>(row, write, characters)))
        {
            Counters.Dropped();
        }
    }

    /// <summary>Writes what is queued, for <see cref="StoreTuning.ClosePatience"/> at most; then runs <paramref name="last"/> and closes the connection.</summary>
    public async Task FinishAsync(Action<StoreConnection> last)
    {
        _last = last;
        _queue.Complete();
        await _ended.Task;
    }

    public void Dispose()
    {
        _commit.Dispose();
        _queue.Dispose();
    }

    private void Run()
    {
        List<WriteItem> batch = new(WriteQueue.BatchRows);
        while (_queue.Wait())
        {
            while (batch.Count < WriteQueue.BatchRows && _queue.TryTake(out WriteItem? item))
            {
                batch.Add(item);
            }

            _commit.Run(batch);
        }

        Close();
        _ended.SetResult();
    }

    private void Close()
    {
        try
        {
            _commit.Close(_last!);
        }
        catch (SqliteException e)
        {
            LogCloseFailed(_logger, e.Message);
        }
    }
}
