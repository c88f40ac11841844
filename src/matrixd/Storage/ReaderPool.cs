using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Matrixd.Storage;

/// <summary>A few connections that read, and can do nothing else.</summary>
/// <remarks>
/// Reads run on the thread pool, never on the caller's thread, which may be a socket's. Each sees what was committed when it began. Reads are short:
/// a long one would keep the write-ahead log from being reset. Any thread; dispose after the last read was asked for.
/// </remarks>
internal sealed class ReaderPool(string path, TimeSpan busyTimeout) : IAsyncDisposable
{
    /// <summary>More would only queue at the disk; pages and callbacks read, calls hardly do.</summary>
    private const int Readers = 4;

    /// <summary>How long closing waits for reads that still run.</summary>
    private static readonly TimeSpan s_closeWait = TimeSpan.FromSeconds(5);

    private readonly ConcurrentBag<StoreConnection> _idle = [];
    private readonly SemaphoreSlim _free = new(Readers);
    private volatile bool _closed;

    /// <summary>Fails with <see cref="StorageException"/>.</summary>
    public async Task<T> ReadAsync<T>(Func<StoreConnection, T> read)
    {
        await _free.WaitAsync();
        try
        {
            return await Task.Run(() => Read(read));
        }
        finally
        {
            _free.Release();
        }
    }

    /// <summary>Reads on the calling thread; for the daemon's start.</summary>
    public T Read<T>(Func<StoreConnection, T> read)
    {
        if (_closed)
        {
            throw new StorageException("The store is closed.");
        }

        StoreConnection? connection = null;
        try
        {
            connection = _idle.TryTake(out StoreConnection? idle) ? idle : StoreConnection.OpenReader(path, busyTimeout);
            T result = read(connection);
            if (_closed)
            {
                connection.Dispose();
            }
            else
            {
                _idle.Add(connection);
            }

            return result;
        }
        catch (SqliteException e)
        {
            // A connection that met an error is not used again.
            connection?.Dispose();
            throw new StorageException($"The store {path} cannot be read: {e.Message}", e);
        }
    }

    public async ValueTask DisposeAsync()
    {
        _closed = true;
        int free = 0;
        while (free < Readers && await _free.WaitAsync(s_closeWait))
        {
            free++;
        }

        while (_idle.TryTake(out StoreConnection? connection))
        {
            connection.Dispose();
        }

        // Whoever still asks gets in, and is told that the store is closed.
        if (free > 0)
        {
            _free.Release(free);
        }
    }
}
