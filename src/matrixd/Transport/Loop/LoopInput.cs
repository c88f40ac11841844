namespace Matrixd.Transport.Loop;

/// <summary>The reading half of a connection: who reads, and whether there is anything left to read. On the loop's thread.</summary>
internal sealed class LoopInput
{
    private ILoopReader? _reader;
    private int _count;
    private IoResult _result;
    private Exception? _error;

    /// <summary>Reads from <see cref="Attach"/> on. Set by whoever asks for it, before.</summary>
    public ILoopReader? Next { get; set; }

    public ILoopReader? Reader => _reader;

    public bool IsReading { get; set; }

    /// <summary>Nothing more will be read.</summary>
    public bool HasEnded { get; private set; }

    /// <summary>What it ended with; null: the peer ended the stream, or nothing has ended.</summary>
    public Exception? Error { get; private set; }

    public bool CanResume => !HasEnded && _reader is not null;

    /// <summary>What the loop is to watch for.</summary>
    public uint Interest => IsReading ? Libc.EPOLLIN : 0;

    /// <summary>Nobody reads: something else does, for now.</summary>
    public void Detach()
    {
        _reader = null;
        IsReading = false;
        HasEnded = false;
    }

    /// <summary>The next reader takes over.</summary>
    /// <returns>True where it is to be read for.</returns>
    public bool Attach(bool isOpen)
    {
        _reader = Next!;
        IsReading = _reader.OnAttached();
        if (HasEnded || !isOpen)
        {
            IsReading = false;
            _reader.OnEnd(Error);
        }

        return IsReading;
    }

    /// <summary>Takes what there is off the socket, for <see cref="Give"/>. A slot that fills up is no matter: epoll tells of the rest.</summary>
    public void Receive(Span<byte> slot, int fd) => _result = LoopSocket.Read(fd, slot, out _count, out _error);

    /// <summary>Gives the reader what <see cref="Receive"/> took.</summary>
    public void Give(Span<byte> slot)
    {
        if (_count > 0 && IsReading && !_reader!.OnData(slot[.._count]))
        {
            IsReading = false;
        }

        if (_result is IoResult.Ended or IoResult.Failed)
        {
            End(_error);
        }
    }

    /// <summary>Reads what there is: one buffer's worth, so that nobody starves, but all that TLS holds: the socket does not know of that.</summary>
    public void Read(Span<byte> buffer, int fd, TlsSession? tls)
    {
        bool pending;
        do
        {
            pending = false;
            IoResult result = tls is null
                ? LoopSocket.Read(fd, buffer, out int count, out Exception? error)
                : tls.Read(fd, buffer, out count, out pending, out error);
            if (count > 0 && !_reader!.OnData(buffer[..count]))
            {
                IsReading = false;
            }

            if (result is IoResult.Ended or IoResult.Failed)
            {
                End(error);
            }
        }
        while (pending && IsReading);
    }

    public void End(Exception? error)
    {
        IsReading = false;
        if (!HasEnded)
        {
            HasEnded = true;
            Error = error;
            _reader?.OnEnd(error);
        }
    }
}
