using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Matrixd.Storage;

/// <summary>Judges an existing file before anything is written to it; leaves it and its log byte for byte as they were.</summary>
internal static class StoreCheck
{
    private const string StoreId = "SELECT store_id FROM store_meta";

    /// <summary>Throws <see cref="StorageException"/> where the file is not a whole database of ours.</summary>
    /// <param name="path">The file.</param>
    /// <param name="tuning">What is checked when.</param>
    /// <param name="leastCommit">A commit that the main file is known to have.</param>
    public static void Run(string path, StoreTuning tuning, long leastCommit)
    {
        StoreFile.Inspect(path);
        try
        {
            // Read-only: closing it cannot checkpoint a log that turns out to be another database's.
            using StoreConnection reader = StoreConnection.OpenReader(path, tuning.BusyTimeout);
            RefuseForeign(reader, path, tuning);
            bool hasLog = new FileInfo(StoreFile.LogOf(path)) is { Exists: true, Length: > 0 };
            if (hasLog)
            {
                RefuseForeignLog(reader, path, leastCommit);
            }

            bool unclean = hasLog || reader.Sql("SELECT clean FROM store_meta").Number() == 0;
            if (unclean || new FileInfo(path).Length <= tuning.AlwaysCheckBytes)
            {
                RefuseDamaged(reader, path);
            }
        }
        catch (SqliteException e)
        {
            throw Explain(path, e);
        }
    }

    /// <summary>Judges a file that a command is about to read beside a daemon, or without one.</summary>
    public static void ForReading(string path, StoreTuning tuning)
    {
        try
        {
            using StoreConnection reader = StoreConnection.OpenReader(path, tuning.BusyTimeout);
            RefuseForeign(reader, path, tuning);
            int version = Migrator.Version(reader);
            int newest = Migrator.Newest(tuning.Migrations);
            if (version < newest)
            {
                throw new StorageException(string.Create(CultureInfo.InvariantCulture,
                    $"The store {path} has schema version {version}, this command reads {newest}: restart the daemon, which brings the store up to date."));
            }
        }
        catch (SqliteException e)
        {
            throw Explain(path, e);
        }
    }

    /// <summary>Reads the whole file for faults, for diagnosis; changes nothing, and leaves no file of another owner behind.</summary>
    /// <returns>The schema's version.</returns>
    /// <exception cref="StorageException">What is wrong with it, and what to do.</exception>
    public static int Diagnose(string path)
    {
        try
        {
            SqliteRelease.Linked();

            // A reader of a file without its log would make an empty one, owned by whoever asks: the daemon's user could not open it then.
            bool hasLog = new FileInfo(StoreFile.LogOf(path)) is { Exists: true, Length: > 0 };
            StoreTuning tuning = new();
            using StoreConnection reader = hasLog ? StoreConnection.OpenReader(path, tuning.BusyTimeout) : StoreConnection.OpenWithoutLog(path);
            RefuseForeign(reader, path, tuning);
            RefuseDamaged(reader, path);
            return Migrator.Version(reader);
        }
        catch (SqliteException e)
        {
            throw Explain(path, e);
        }
    }

    /// <summary>Says what an error at the start means.</summary>
    public static StorageException Explain(string path, SqliteException e) => e.SqliteErrorCode switch
    {
        raw.SQLITE_BUSY or raw.SQLITE_LOCKED => new($"The store {path} is locked by another program ({e.Message}): end it, such as an open sqlite3 shell.", e),
        raw.SQLITE_FULL => new($"The store {path} cannot be opened, its disk is full ({e.Message}): free some space.", e),
        raw.SQLITE_READONLY or raw.SQLITE_CANTOPEN or raw.SQLITE_PERM => new($"The store {path} cannot be written ({e.Message}): the file and its directory must be writable for the user that matrixd runs as.", e),
        raw.SQLITE_CORRUPT or raw.SQLITE_NOTADB or raw.SQLITE_ERROR => Damaged(path, e.Message, e),
        _ => new($"The store {path} cannot be opened: {e.Message}", e),
    };

    private static StorageException Damaged(string path, string how, Exception? cause = null) =>
        new($"The store {path} is damaged ({how}): restore a backup over it, or move it away with its -wal file to start with an empty store.", cause!);

    private static void RefuseForeign(StoreConnection reader, string path, StoreTuning tuning)
    {
        if (reader.Sql("PRAGMA application_id").Number() != Schema.ApplicationId)
        {
            throw new StorageException($"The store {path} is a database of another program: let [store] path name another file.");
        }

        int version = Migrator.Version(reader);
        int newest = Migrator.Newest(tuning.Migrations);
        if (version > newest)
        {
            throw new StorageException(string.Create(CultureInfo.InvariantCulture,
                $"The store {path} has schema version {version}, this matrixd knows up to {newest}: start the newer matrixd, or restore the backup from before the upgrade."));
        }
    }

    // A log carries no mark of the database it belongs to: SQLite would replay another one's over ours. The identity seen without and with it must agree.
    private static void RefuseForeignLog(StoreConnection reader, string path, long leastCommit)
    {
        string without;
        long age;
        try
        {
            using StoreConnection file = StoreConnection.OpenWithoutLog(path);
            without = file.Ask(StoreId);
            age = file.LastCommit();
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_CORRUPT)
        {
            // A crash amid a checkpoint leaves the main file half done, and whole with its log: quick_check judges that.
            return;
        }

        if (reader.Ask(StoreId) != without)
        {
            throw new StorageException($"The store {path} has the write-ahead log of another database beside it: move {StoreFile.LogOf(path)} away, it is not this store's.");
        }

        if (age < leastCommit)
        {
            throw new StorageException($"The store {path} is older than the write-ahead log beside it: was a backup put back? Then move {StoreFile.LogOf(path)} away, it belongs to the file from before.");
        }

        if (reader.LastCommit() < age)
        {
            throw new StorageException($"The store {path} has an outdated write-ahead log beside it: move {StoreFile.LogOf(path)} away, the store is newer.");
        }
    }

    private static void RefuseDamaged(StoreConnection reader, string path)
    {
        string verdict = reader.Ask("PRAGMA quick_check(1)");
        if (verdict != "ok")
        {
            throw Damaged(path, verdict.ReplaceLineEndings(" "));
        }
    }
}
