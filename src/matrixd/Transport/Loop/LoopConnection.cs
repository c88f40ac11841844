using Matrixd.Memory;

namespace Matrixd.Transport.Loop;

/// <summary>One TCP connection on an <see cref="EventLoop"/>, with TLS or without.</summary>
/// <remarks>
/// Owns its descriptor and TLS session; both are touched on the loop's thread alone, so that no lock is held over a system call. What other
/// threads ask for becomes a bit in <see cref="_requests"/> and a post. Bytes are read into the loop's one buffer and lent from there. A write
/// is tried at once; the loop watches for room only when the kernel had too little.
/// </remarks>
internal sealed partial class LoopConnection : LoopHandler
{
    private const int RelearnAfter = 64; // a second of a caller's frames

    private readonly EventLoop _loop;
    private readonly LoopWriter _writer = new();
    private readonly LoopInput _input = new();
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _fd;
    private int _requests;
    private int _received;
    private int _sendBytes;
    private TlsSession? _tls;

    /// <param name="fd">A socket that does not block; owned from here on.</param>
    /// <param name="remoteEndPoint">The peer, for logs.</param>
    public LoopConnection(EventLoop loop, int fd, string remoteEndPoint)
    {
        _loop = loop;
        _fd = fd;
        RemoteEndPoint = remoteEndPoint;
    }

    public string RemoteEndPoint { get; }

    public EventLoop Loop => _loop;

    /// <summary>Completes when the descriptor is closed.</summary>
    public Task Closed => _closed.Task;

    /// <summary>Reads for <paramref name="reader"/> from now on; whoever read before is not told of anything any more. Any thread.</summary>
    public void ReadFor(ILoopReader reader)
    {
        _input.Next = reader;
        Request(LoopRequests.Read);
    }

    /// <summary>Bounds what the kernel may hold of what was sent. Any thread.</summary>
    public void LimitSending(int bytes)
    {
        _sendBytes = bytes;
        Request(LoopRequests.Limit);
    }

    /// <summary>The reader that had enough for the moment takes more. Any thread.</summary>
    public void Resume() => Request(LoopRequests.Resume);

    /// <summary>Resets the connection. Any thread, any number of times.</summary>
    public void Abort() => Request(LoopRequests.Abort);

    /// <summary>Says goodbye as far as that needs no waiting, and closes. Any thread, any number of times.</summary>
    public Task CloseAsync()
    {
        Request(LoopRequests.Close);
        return Closed;
    }

    // Plain reads alone: what TLS decrypts may be more than a slot holds, and its socket does not know of that.
    public override bool TryReceive(uint events, Span<byte> slot)
    {
        if (_tls is not null || _step is not null || !_input.IsReading || events != Libc.EPOLLIN)
        {
            return false;
        }

        _input.Receive(slot, _fd);
        return true;
    }

    public override void OnReceived(Span<byte> slot)
    {
        if (_fd >= 0)
        {
            _input.Give(slot);
            UpdateInterest();
            Learn();
        }
    }

    public void AddSendingTo(HotSet set)
    {
        set.AddAlone(this).Add(_writer).Add(_tls);
    }

    public override void OnReady(uint events)
    {
        if (_step is not null)
        {
            AdvanceStep();
            return;
        }

        bool canWrite = (events & ~Libc.EPOLLIN) != 0; // room, or an error that the write will find
        if (_input.IsReading && (events & ~Libc.EPOLLOUT) != 0)
        {
            _input.Read(_loop.ReadBuffer, _fd, _tls);
            UpdateInterest();
            Learn();
        }

        Write(canWrite);
    }

    public override void OnPosted()
    {
        var requests = (LoopRequests)Interlocked.Exchange(ref _requests, 0);
        if (requests.HasFlag(LoopRequests.Step))
        {
            BeginStep();
        }

        if (requests.HasFlag(LoopRequests.Write) && !_writer.Waits)
        {
            GoOnWriting();
        }

        if (requests.HasFlag(LoopRequests.Limit) && _fd >= 0)
        {
            LoopSocket.LimitSending(_fd, _sendBytes);
        }

        if (requests.HasFlag(LoopRequests.Read))
        {
            Attach();
        }

        if (requests.HasFlag(LoopRequests.Resume) && _input.CanResume)
        {
            BeginReading();
        }

        if (requests.HasFlag(LoopRequests.Abort))
        {
            Release(new IOException("the connection was cut"), reset: !_input.HasEnded);
        }
        else if (requests.HasFlag(LoopRequests.Close))
        {
            Close();
        }
    }

    public override void OnFault(Exception error) => Release(error, reset: true);

    // A call gets other objects now and then: another connection to the model, another turn.
    private void Learn()
    {
        if (HotSet.IsOfUse && ++_received % RelearnAfter == 0 && _input.Reader is { } reader)
        {
            Hot ??= new HotSet();
            Hot.Fill(reader).Add(_input).Add(_tls);
        }
    }

    private void Request(LoopRequests request)
    {
        Interlocked.Or(ref _requests, (int)request);
        _loop.Post(this);
    }

    private void Attach()
    {
        if (_input.Attach(isOpen: _fd >= 0))
        {
            BeginReading();
        }
        else
        {
            UpdateInterest();
        }
    }

    // With TLS at once: the session may hold what the socket has not any more.
    private void BeginReading()
    {
        _input.IsReading = true;
        if (_tls is not null)
        {
            _input.Read(_loop.ReadBuffer, _fd, _tls);
        }

        UpdateInterest();
        if (_writer.WaitsForPeer)
        {
            GoOnWriting();
        }
    }

    private void UpdateInterest()
    {
        if (_fd >= 0 && _step is null)
        {
            _loop.Watch(this, _fd, _input.Interest | (WantsRoom ? Libc.EPOLLOUT : 0));
        }
    }

    private void Close()
    {
        if (_fd >= 0 && !_writer.Waits)
        {
            _tls?.SayGoodbye(_fd);
        }

        Release(new IOException("the connection is closed"), reset: false);
    }

    private void Release(Exception error, bool reset)
    {
        if (_fd < 0)
        {
            return;
        }

        _loop.Forget(this);
        LoopSocket.Close(_fd, reset);
        _fd = -1;
        _tls?.Dispose();
        _tls = null;
        _input.End(error);
        if (_writer.Waits)
        {
            _writer.Fail(error);
            _writer.Tell();
        }

        _step?.Fail(error);
        _step = null;
        _closed.TrySetResult();
    }
}
