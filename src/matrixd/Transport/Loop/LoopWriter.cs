namespace Matrixd.Transport.Loop;

/// <summary>The one write of a connection that may be under way.</summary>
/// <remarks>
/// Set by whoever writes, from any thread, while none is under way; everything else is the loop's thread's. The bytes belong to the
/// writer and stay untouched until the write has ended.
/// </remarks>
internal sealed class LoopWriter
{
    private ReadOnlyMemory<byte> _rest;
    private Action? _written;
    private Exception? _error;

    /// <summary>True while the kernel has too little room, or <see cref="WaitsForPeer"/>.</summary>
    public bool Waits { get; private set; }

    /// <summary>True where it is not room that is missing: TLS must read before it can write.</summary>
    public bool WaitsForPeer { get; private set; }

    /// <summary>Sets what is to be written.</summary>
    /// <param name="written">Called by <see cref="Tell"/>; null: nobody.</param>
    public void Set(ReadOnlyMemory<byte> bytes, Action? written)
    {
        _rest = bytes;
        _written = written;
    }

    /// <summary>Somebody is to be told after all: it did not end at once.</summary>
    public void TellLater(Action written) => _written = written;

    /// <summary>As <see cref="LinkTransport.TryWrite"/>, where nothing waits.</summary>
    public static bool TryWrite(int fd, TlsSession? tls, ReadOnlySpan<byte> bytes, out int taken)
    {
        taken = 0;
        IoResult result;
        do
        {
            result = Write(fd, tls, bytes[taken..], out int count, out Exception? error);
            taken += count;
            if (result == IoResult.Failed)
            {
                throw new IOException(error!.Message, error);
            }
        }
        while (result == IoResult.Done && taken < bytes.Length);

        return result == IoResult.Done;
    }

    /// <summary>Writes as much as there is room for.</summary>
    /// <returns>True once the write has ended, well or not.</returns>
    public bool TryEnd(int fd, TlsSession? tls)
    {
        while (!_rest.IsEmpty || tls is { HasUnsent: true })
        {
            IoResult result = Write(fd, tls, _rest.Span, out int count, out Exception? error);
            if (result == IoResult.Failed)
            {
                Fail(error!);
                return true;
            }

            _rest = _rest[count..];
            if (result != IoResult.Done)
            {
                (Waits, WaitsForPeer) = (true, result == IoResult.WantsRead);
                return false;
            }
        }

        (Waits, WaitsForPeer) = (false, false);
        return true;
    }

    private static IoResult Write(int fd, TlsSession? tls, ReadOnlySpan<byte> bytes, out int count, out Exception? error) =>
        tls is null ? LoopSocket.Write(fd, bytes, out count, out error) : tls.Write(fd, bytes, out count, out error);

    public void Fail(Exception error)
    {
        _error = error;
        _rest = default;
        (Waits, WaitsForPeer) = (false, false);
    }

    /// <summary>Tells who waits for the end.</summary>
    public void Tell()
    {
        Action? written = _written;
        _written = null;
        written?.Invoke();
    }

    /// <summary>Throws what the write failed with.</summary>
    public void Check()
    {
        if (_error is { } error)
        {
            throw new IOException(error.Message, error);
        }
    }
}
