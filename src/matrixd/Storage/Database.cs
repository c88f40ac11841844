using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using SQLitePCL;

namespace Matrixd.Storage;

/// <summary>The SQLite file: one writer, a few readers, the lock on it.</summary>
/// <remarks>
/// An acknowledged write survives the death of the process and loss of power (synchronous=FULL). Lifetime: the process; opened before anything is served,
/// closed by <see cref="DisposeAsync"/> after the last call. Any thread. The stores of the rooms stand on it.
/// </remarks>
internal sealed partial class Database : IAsyncDisposable
{
    private readonly string _path;
    private readonly ILogger _logger;
    private readonly ReaderPool _readers;
    private readonly Writer? _writer;
    private readonly StoreLock? _lock;
    private int _disposed;

    private Database(string path, ILogger logger, ReaderPool readers, Writer? writer, StoreLock? held)
    {
        _path = path;
        _logger = logger;
        _readers = readers;
        _writer = writer;
        _lock = held;
    }

    public StoreCounters Counters => _writer?.Counters ?? new StoreCounters();

    /// <summary>What the previous process left behind.</summary>
    public RestartReport Restart { get; private init; }

    private Writer Writable => _writer ?? throw new StorageException($"The store {_path} was opened for reading only.");

    /// <summary>Opens the store for the daemon, creating it where there is none; never takes an empty one for one that was there.</summary>
    /// <exception cref="StorageException">It cannot be used; nothing in it was changed.</exception>
    public static Database Open(string path, TimeProvider time, ILogger logger, StoreTuning? tuning = null)
    {
        SqliteRelease release = SqliteRelease.Linked();
        string full = Path.GetFullPath(path);
        tuning ??= new StoreTuning();
        StoreFile.PrepareDirectory(full);
        StoreLock held = StoreLock.Take(full);
        try
        {
            return Open(full, time, logger, tuning, release, held);
        }
        catch (SqliteException e)
        {
            held.Dispose();
            throw StoreCheck.Explain(full, e);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Opens the store for a command that only reads, beside a running daemon or without one.</summary>
    public static Database OpenForReading(string path, ILogger logger, StoreTuning? tuning = null)
    {
        SqliteRelease.Linked();
        string full = Path.GetFullPath(path);
        tuning ??= new StoreTuning();
        if (!File.Exists(full))
        {
            throw new StorageException($"There is no store at {full}: is [store] path right, and did the daemon ever run?");
        }

        StoreCheck.ForReading(full, tuning);
        return new Database(full, logger, new ReaderPool(full, tuning.BusyTimeout), writer: null, held: null);
    }

    /// <summary>Completes when the write is on disk; fails with <see cref="StorageException"/>. Never blocks.</summary>
    /// <param name="work">Runs on the writer thread, in a transaction; more than once where that failed.</param>
    /// <param name="stays">When the disk fails for so long that the task fails, the write is still made later.</param>
    public Task<T> WriteAsync<T>(Func<StoreConnection, T> work, bool stays = false) => Writable.WriteAsync(work, stays);

    /// <summary>Leaves a row to be written within a second; dropped and counted where the queue is full. Never blocks.</summary>
    public void Log<TRow>(TRow row, Action<StoreConnection, TRow> write, int characters) => Writable.Log(row, write, characters);

    /// <summary>Reads what is committed, on the thread pool.</summary>
    public Task<T> ReadAsync<T>(Func<StoreConnection, T> read) => _readers.ReadAsync(read);

    /// <summary>Reads what is committed, on this thread; for the daemon's start.</summary>
    public T Read<T>(Func<StoreConnection, T> read) => _readers.Read(read);

    /// <summary>Writes what is queued, checkpoints, marks the exit as clean and lets go of the lock.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }

        if (_writer is not null)
        {
            // The readers go first: one that still reads would keep the log from being emptied.
            await _readers.DisposeAsync();
            await _writer.FinishAsync(MarkClean);
            _writer.Dispose();
            LogClosed(_logger, _path);
        }
        else
        {
            await _readers.DisposeAsync();
        }

        _lock?.Dispose();
    }

    private static Database Open(string path, TimeProvider time, ILogger logger, StoreTuning tuning, SqliteRelease release, StoreLock held)
    {
        bool isNew = !File.Exists(path);
        if (isNew)
        {
            StoreFile.RefuseOrphans(path);
            RefuseLoss(path, held);
            Create(path, tuning);
        }
        else
        {
            StoreCheck.Run(path, tuning, held.LeastCommit);
        }

        StoreConnection connection = StoreConnection.OpenWriter(path, tuning.BusyTimeout);
        try
        {
            RequireLog(connection, path);
            held.Record(TryEmptyLog(connection) ? connection.LastCommit() : held.LeastCommit);
            int from = Migrator.Run(connection, path, tuning);
            RestartReport report = Storage.Restart.Run(connection, time.GetUtcNow());
            LogOpened(logger, path, isNew ? "new" : "existing", from, Migrator.Version(connection), release.Version);
            if (report.Crashed + report.NeverConnected > 0)
            {
                LogRestart(logger, report.Crashed, report.NeverConnected);
            }

            DiskReserve reserve = new(path, tuning.ReserveBytes);
            if (!reserve.TryFill())
            {
                LogNoReserve(logger, path, tuning.ReserveBytes >> 20);
            }

            Writer writer = new(connection, () => Reopen(path, tuning), reserve, tuning, time, logger);
            writer.Start();
            return new Database(path, logger, new ReaderPool(path, tuning.BusyTimeout), writer, held) { Restart = report };
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static void RefuseLoss(string path, StoreLock held)
    {
        if (held.LeastCommit > 0)
        {
            throw new StorageException($"The store {path} is missing, yet it was here: bring it back or restore a backup, or delete {path}.lock too to start with an empty store.");
        }
    }

    // Made under another name and renamed when whole: a crash on the way leaves no file that looks like a store that lost its rows.
    private static void Create(string path, StoreTuning tuning)
    {
        string made = path + ".new";
        StoreFile.MakeEmpty(made);
        using (StoreConnection connection = StoreConnection.OpenWriter(made, tuning.BusyTimeout))
        {
            Migrator.Run(connection, made, tuning);
            RequireLog(connection, path);
        }

        StoreFile.MoveIntoPlace(made, path);
    }

    // What an fsync failed on is in memory alone and counts as clean: a later fsync succeeds without it. A copy of the log in the file is written anew.
    private static StoreConnection Reopen(string path, StoreTuning tuning)
    {
        StoreConnection connection = StoreConnection.OpenWriter(path, tuning.BusyTimeout);
        try
        {
            return TryEmptyLog(connection) ? connection : throw new SqliteException("the write-ahead log cannot be emptied while another program reads", raw.SQLITE_BUSY);
        }
        catch (SqliteException)
        {
            connection.Dispose();
            throw;
        }
    }

    // False where somebody reads from it.
    private static bool TryEmptyLog(StoreConnection connection) => connection.Sql("PRAGMA wal_checkpoint(TRUNCATE)").Number() == 0;

    // The journal mode stands in the file; somebody's tool can have changed it.
    private static void RequireLog(StoreConnection connection, string path)
    {
        string mode = connection.Ask("PRAGMA journal_mode = WAL");
        if (mode != "wal")
        {
            throw new StorageException($"The store {path} cannot have a write-ahead log (journal mode stays {mode}): it must stand on a local file system.");
        }
    }

    private static void MarkClean(StoreConnection connection)
    {
        connection.Begin();
        connection.Execute("UPDATE store_meta SET clean = 1");
        connection.Commit();
        TryEmptyLog(connection);
    }
}
