using System.Buffers;
using System.Text;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Matrixd.Storage;

/// <summary>One prepared statement of one connection, used again and again; a run of it allocates nothing.</summary>
/// <remarks>
/// Belongs to its connection and is used by one thread at a time. Every parameter named in the text is set before the first run, and keeps its value.
/// Speaks to SQLite itself: a command of the library makes more than a kilobyte of objects each time it runs, and every turn of every call is such a run.
/// </remarks>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private readonly string[] _parameters;
    private int _unset; // a bit for each

    /// <exception cref="SqliteException">The text does not fit the schema, or is none.</exception>
    public Statement(sqlite3 database, string sql)
    {
        _database = database;
        int result = raw.sqlite3_prepare_v2(database, sql, out _statement);
        SqliteException.ThrowExceptionForRC(result, database);
        _parameters = new string[raw.sqlite3_bind_parameter_count(_statement)];
        for (int i = 0; i < _parameters.Length; i++)
        {
            _parameters[i] = raw.sqlite3_bind_parameter_name(_statement, i + 1).utf8_to_string();
        }

        _unset = (1 << _parameters.Length) - 1;
    }

    /// <summary>A text; NUL, at which SQLite's own functions and shell would cut it off, becomes the replacement character.</summary>
    public Statement Set(string name, string value)
    {
        string text = value.Replace('\0', '\ufffd');
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Encoding.UTF8.GetMaxByteCount(text.Length));
        int bytes = Encoding.UTF8.GetBytes(text, buffer);
        int result = raw.sqlite3_bind_text(_statement, Index(name), buffer.AsSpan(0, bytes)); // copied there
        ArrayPool<byte>.Shared.Return(buffer);
        SqliteException.ThrowExceptionForRC(result, _database);
        return this;
    }

    public Statement Set(string name, long value)
    {
        SqliteException.ThrowExceptionForRC(raw.sqlite3_bind_int64(_statement, Index(name), value), _database);
        return this;
    }

    public Statement Set(string name, DateTimeOffset value) => Set(name, value.ToUnixTimeMilliseconds());

    /// <summary>Runs to the end; the number of rows that an INSERT, UPDATE or DELETE changed.</summary>
    public int Run()
    {
        RunOut();
        int changes = raw.sqlite3_changes(_database);
        Reset();
        return changes;
    }

    /// <summary>Runs to the end; the first column of the first row, 0 where there is none.</summary>
    public long Number()
    {
        bool isNumber = Step() && raw.sqlite3_column_type(_statement, 0) == raw.SQLITE_INTEGER;
        long value = isNumber ? raw.sqlite3_column_int64(_statement, 0) : 0;
        RunOut();
        Reset();
        return value;
    }

    /// <summary>The rows, one after the other; disposed before the statement runs again.</summary>
    public StatementRows Query() => new(this, _statement);

    public void Dispose() => _statement.Dispose();

    /// <summary>On to the next row.</summary>
    /// <returns>False: there is none.</returns>
    internal bool Step()
    {
        if (_unset != 0)
        {
            throw new InvalidOperationException($"the statement needs {_parameters[int.TrailingZeroCount(_unset)]}");
        }

        int result = raw.sqlite3_step(_statement);
        if (result is not (raw.SQLITE_ROW or raw.SQLITE_DONE))
        {
            Fail(result);
        }

        return result == raw.SQLITE_ROW;
    }

    /// <summary>Lets go of what the run holds: a statement that stands in a row holds a lock.</summary>
    internal void Reset() => raw.sqlite3_reset(_statement); // says again what Step has said

    private void RunOut()
    {
        while (Step())
        {
        }
    }

    private void Fail(int result)
    {
        try
        {
            SqliteException.ThrowExceptionForRC(result, _database);
        }
        finally
        {
            Reset();
        }
    }

    private int Index(string name)
    {
        int at = Array.IndexOf(_parameters, name);
        if (at < 0)
        {
            throw new ArgumentException($"the statement has no {name}", nameof(name));
        }

        _unset &= ~(1 << at);
        return at + 1;
    }
}
