using SQLitePCL;

namespace Matrixd.Storage;

/// <summary>The rows of a statement that runs.</summary>
/// <remarks>Columns are counted from 0. Begins with <see cref="Read"/>; ends with <see cref="Dispose"/>, before the last row too.</remarks>
internal readonly struct StatementRows(Statement statement, sqlite3_stmt rows) : IDisposable
{
    /// <summary>On to the next row.</summary>
    /// <returns>False: there is none.</returns>
    public bool Read() => statement.Step();

    public bool IsDBNull(int column) => raw.sqlite3_column_type(rows, column) == raw.SQLITE_NULL;

    /// <exception cref="InvalidOperationException">It is NULL.</exception>
    public string GetString(int column) => raw.sqlite3_column_text(rows, Given(column)).utf8_to_string();

    /// <exception cref="InvalidOperationException">It is NULL.</exception>
    public long GetInt64(int column) => raw.sqlite3_column_int64(rows, Given(column));

    /// <inheritdoc cref="GetInt64"/>
    public int GetInt32(int column) => (int)GetInt64(column);

    public void Dispose() => statement.Reset();

    private int Given(int column) => IsDBNull(column) ? throw new InvalidOperationException($"column {column} of the row is NULL") : column;
}
