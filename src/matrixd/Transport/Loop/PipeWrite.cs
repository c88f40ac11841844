using System.Threading.Tasks.Sources;

namespace Matrixd.Transport.Loop;

/// <summary>Writes of one connection to be awaited, one after the other, without an allocation for each.</summary>
internal sealed class PipeWrite : IValueTaskSource
{
    private readonly LoopConnection _connection;
    private readonly Action _written;
    private ManualResetValueTaskSourceCore<bool> _end;

    public PipeWrite(LoopConnection connection)
    {
        _connection = connection;
        _written = OnWritten;
    }

    /// <summary>Writes all of <paramref name="bytes"/>.</summary>
    /// <exception cref="IOException">The connection has gone.</exception>
    public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes)
    {
        _end.Reset();
        ValueTask written = new(this, _end.Version);
        if (_connection.BeginWrite(bytes, _written))
        {
            OnWritten();
        }

        return written;
    }

    public void GetResult(short token)
    {
        _end.GetResult(token);
        _connection.EndWrite();
    }

    public ValueTaskSourceStatus GetStatus(short token) => _end.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
        => _end.OnCompleted(continuation, state, token, flags);

    private void OnWritten() => _end.SetResult(true);
}
