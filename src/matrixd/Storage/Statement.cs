using Microsoft.Data.Sqlite;

namespace Matrixd.Storage;

/// <summary>One prepared statement of one connection, used again and again.</summary>
/// <remarks>Belongs to its connection and is used by one thread at a time. Every parameter named in the text is set before each run.</remarks>
internal sealed class Statement : IDisposable
{
    private readonly SqliteCommand _command;

    public Statement(SqliteConnection connection, string sql)
    {
        _command = connection.CreateCommand();
        _command.CommandText = sql;

        // The library polls for this long [s] on top of busy_timeout; 1 is its smallest bound, 0 means for ever.
        _command.CommandTimeout = 1;
    }

    /// <summary>A text; NUL, at which SQLite's own functions and shell would cut it off, becomes the replacement character.</summary>
    public Statement Set(string name, string value) => SetValue(name, value.Replace('\0', '\ufffd'));

    public Statement Set(string name, long value) => SetValue(name, value);

    public Statement Set(string name, DateTimeOffset value) => SetValue(name, value.ToUnixTimeMilliseconds());

    /// <summary>Runs to the end; the number of rows changed.</summary>
    public int Run() => _command.ExecuteNonQuery();

    /// <summary>The caller disposes the reader before the statement runs again.</summary>
    public SqliteDataReader Query() => _command.ExecuteReader();

    /// <summary>The first column of the first row; 0 where there is none.</summary>
    public long Number() => _command.ExecuteScalar() is long value ? value : 0;

    /// <summary>The first column of the first row; empty where there is none.</summary>
    public string Text() => _command.ExecuteScalar() as string ?? "";

    public void Dispose() => _command.Dispose();

    private Statement SetValue(string name, object value)
    {
        int at = _command.Parameters.IndexOf(name);
        if (at < 0)
        {
            _command.Parameters.AddWithValue(name, value);
        }
        else
        {
            _command.Parameters[at].Value = value;
        }

        return this;
    }
}
