using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Matrixd.Storage;

/// <summary>One connection with its prepared statements.</summary>
/// <remarks>Used by one thread at a time: the writer's belongs to the writer thread, a reader to whoever took it from the pool.</remarks>
internal sealed class StoreConnection : IDisposable
{
    private readonly SqliteConnection _connection;
    private readonly Dictionary<string, Statement> _statements = [];

    private StoreConnection(SqliteConnection connection) => _connection = connection;

    /// <summary>True outside a transaction; a failed statement can have ended one.</summary>
    public bool AutoCommit => raw.sqlite3_get_autocommit(_connection.Handle) != 0;

    /// <summary>The one connection that writes and checkpoints.</summary>
    public static StoreConnection OpenWriter(string path, TimeSpan busyTimeout)
    {
        StoreConnection writer = Open(path, SqliteOpenMode.ReadWrite, busyTimeout);
        return writer.Configured("""
            PRAGMA synchronous = FULL;
            PRAGMA foreign_keys = ON;
            PRAGMA secure_delete = FAST;
            PRAGMA journal_size_limit = 67108864;
            PRAGMA wal_autocheckpoint = 1000;
            """);
    }

    /// <summary>A connection that cannot change anything: neither rows nor, by a checkpoint, the file.</summary>
    public static StoreConnection OpenReader(string path, TimeSpan busyTimeout)
    {
        StoreConnection reader = Open(path, SqliteOpenMode.ReadOnly, busyTimeout);
        return reader.Configured("""
            PRAGMA query_only = 1;
            PRAGMA wal_autocheckpoint = 0;
            """);
    }

    /// <summary>Reads the main file as it stands, without its write-ahead log.</summary>
    public static StoreConnection OpenWithoutLog(string path) =>
        Open($"file:{Uri.EscapeDataString(path)}?immutable=1", SqliteOpenMode.ReadOnly, TimeSpan.Zero);

    /// <summary>The statement of this text, prepared on first use; the text is a constant.</summary>
    public Statement Sql(string text)
    {
        if (!_statements.TryGetValue(text, out Statement? statement))
        {
            statement = new Statement(_connection.Handle!, text);
            _statements.Add(text, statement);
        }

        return statement;
    }

    /// <summary>Begins the only kind of transaction there is: one that has the right to write from the start.</summary>
    /// <remarks>A deferred one would fail at its first write, at once and whatever the busy_timeout, when another connection has written since its first read.</remarks>
    /// <returns>The number of this transaction in the life of the store.</returns>
    public long Begin()
    {
        Sql("BEGIN IMMEDIATE").Run();
        return Sql("UPDATE store_meta SET commits = commits + 1 RETURNING commits").Number();
    }

    /// <summary>The number of the last transaction that was committed.</summary>
    public long LastCommit() => Sql("SELECT commits FROM store_meta").Number();

    public void Commit() => Sql("COMMIT").Run();

    /// <summary>Runs statements that are needed once.</summary>
    public void Execute(string text)
    {
        using SqliteCommand once = Command(text);
        once.ExecuteNonQuery();
    }

    /// <summary>One value of a statement that is needed once, as text.</summary>
    public string Ask(string text)
    {
        using SqliteCommand once = Command(text);
        using SqliteDataReader row = once.ExecuteReader();
        return row.Read() && !row.IsDBNull(0) ? row.GetString(0) : "";
    }

    public void Dispose()
    {
        foreach (Statement statement in _statements.Values)
        {
            statement.Dispose();
        }

        _statements.Clear();
        _connection.Dispose();
    }

    private static StoreConnection Open(string path, SqliteOpenMode mode, TimeSpan busyTimeout)
    {
        // Never ReadWriteCreate: a file that is not there must be noticed, not made up.
        SqliteConnectionStringBuilder settings = new() { DataSource = path, Mode = mode, Pooling = false };
        SqliteConnection connection = new(settings.ConnectionString);
        StoreConnection made = new(connection);
        try
        {
            connection.Open();
        }
        catch (SqliteException)
        {
            made.Dispose();
            throw;
        }

        return made.Configured($"PRAGMA busy_timeout = {(long)busyTimeout.TotalMilliseconds};");
    }

    private SqliteCommand Command(string text)
    {
        SqliteCommand command = _connection.CreateCommand();
        command.CommandText = text;

        // The library polls for this long [s] on top of busy_timeout; 1 is its smallest bound, 0 means for ever.
        command.CommandTimeout = 1;
        return command;
    }

    private StoreConnection Configured(string pragmas)
    {
        try
        {
            Execute(pragmas);

            // mmap_size 0: a mapped page can be overwritten by a stray pointer, and an I/O error on it is a signal instead of an error code.
            Execute("PRAGMA trusted_schema = OFF; PRAGMA cell_size_check = ON; PRAGMA temp_store = MEMORY; PRAGMA mmap_size = 0;");
            return this;
        }
        catch (SqliteException)
        {
            Dispose();
            throw;
        }
    }
}
