using Matrixd.Memory;
using Matrixd.Timing;

namespace Matrixd.Transport;

/// <summary>A WebSocket in either role over a <see cref="LinkTransport"/>.</summary>
/// <remarks>
/// Lifetime: made by a handshake or a dial, run once, gone when <see cref="RunAsync"/> completes; one that is not to be run
/// is given up with <see cref="Abort"/>. The receive loop runs on
/// whatever thread completes the read and calls the sink from there; sends come from any thread. Frames are unmasked in the
/// pipe's own memory and lent from there. No operation carries a cancellation token, because cancelling one would take the
/// whole socket with it: what must end ends by <see cref="Abort"/>. Timeouts stand on the wheel.
/// </remarks>
internal sealed class PipeWebSocketLink : WebSocketLink, IFrameHandler, ILinkReceiver, ILinkSenderOwner, IHot
{
    // What a peer may have had under way when we refused it, read and thrown away so that it gets to see our close frame
    // (closing a socket with unread bytes in it resets the connection): a socket buffer's worth.
    private const long DiscardLimit = 1024 * 1024;

    private readonly LinkTransport _transport;
    private readonly WebSocketLimits _limits;
    private readonly TimerWheel _wheel;
    private readonly FrameReader _reader;
    private readonly LinkSender _sender;
    private readonly LinkEnd _end = new();
    private readonly WheelTimer _closeTimer;
    private readonly WheelTimer _pingTimer;
    private IWebSocketSink? _sink;
    private volatile bool _cut;
    private bool _isBlamed;
    private long _received; // of the batch that is being delivered
    private long _discarded;

    /// <param name="transport">The connection, its handshake done; the link owns it from here on.</param>
    /// <param name="isServer">Our role.</param>
    /// <param name="limits">What the peer may cost us.</param>
    /// <param name="wheel">Where its timeouts stand.</param>
    public PipeWebSocketLink(LinkTransport transport, bool isServer, WebSocketLimits limits, TimerWheel wheel)
    {
        _transport = transport;
        _limits = limits;
        _wheel = wheel;
        _reader = new FrameReader(limits, fromClient: isServer, wheel.Clock);
        _sender = new LinkSender(transport, masked: !isServer, limits, wheel, this);
        _closeTimer = new WheelTimer(OnCloseTimeout);
        _pingTimer = new WheelTimer(OnPingDue);
    }

    public override int QueuedBytes => _sender.QueuedBytes;

    public override string RemoteEndPoint => _transport.RemoteEndPoint;

    public override bool Send(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        if (opcode is WebSocketOpcode.Continuation or WebSocketOpcode.Close)
        {
            throw new ArgumentException($"{opcode} is not sent this way: messages go out whole, and a close by Close", nameof(opcode));
        }

        if (((int)opcode & 8) != 0 && payload.Length > ClosePayload.MaxSize)
        {
            throw new ArgumentException($"a control frame holds at most {ClosePayload.MaxSize} bytes, not {payload.Length}", nameof(payload));
        }

        return _sender.Send(opcode, payload);
    }

    public override void Flush() => _sender.Flush();

    public override void Close(ushort code, string reason) => Close(WebSocketCloseCause.Local, code, reason);

    public override void Abort() => Cut(null);

    public override async Task RunAsync(IWebSocketSink sink)
    {
        if (Interlocked.CompareExchange(ref _sink, sink, null) is not null)
        {
            throw new InvalidOperationException("a link is run once");
        }

        SetPing();
        try
        {
            if (await _transport.ReceiveAsync(this))
            {
                _end.Lose(null);
                _sender.Stop();
            }

            if (!_cut)
            {
                await _sender.DrainAsync(); // bounded by the close timer
            }
        }
#pragma warning disable CA1031 // a pipe may fail with anything its socket or TLS fails with; all of it is told in OnClosed
        catch (Exception e)
#pragma warning restore CA1031
        {
            _end.Lose(e);
        }

        await EndAsync();
        sink.OnClosed(_end.Finish());
    }

    void IFrameHandler.OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
    {
        if (_end.IsOpen)
        {
            _sink!.OnMessage(opcode, message);
        }
    }

    void IFrameHandler.OnControl(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        if (opcode == WebSocketOpcode.Ping)
        {
            _sender.Pong(payload);
        }
        else if (opcode == WebSocketOpcode.Close)
        {
            OnPeerClose(payload);
        }
    }

    void IFrameHandler.OnViolation(FrameViolation violation) => Close(WebSocketCloseCause.Violation, violation.Code, violation.Reason);

    void ILinkSenderOwner.OnWriteFailed(Exception error)
    {
        // The peer may have said why before it went: what it sent is still read, but not waited for.
        _end.KeepWriteError(error);
        if (_end.IsOpen)
        {
            _wheel.Set(_closeTimer, _limits.CloseTimeout);
        }
    }

    void ILinkSenderOwner.OnWriteStuck()
        => Cut(new TimeoutException($"{RemoteEndPoint} has taken nothing for {_limits.SendTimeout.TotalSeconds:0.###} s"));

    bool ILinkReceiver.OnReceived(Span<byte> data)
    {
        try
        {
            _received += data.Length;
            return _reader.Push(data, this);
        }
#pragma warning disable CA1031 // a sink's fault ends its own link and is told in OnClosed; other links live
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Blame(e);
        }
    }

    bool ILinkReceiver.OnBatchEnd()
    {
        if (_isBlamed)
        {
            return false;
        }

        try
        {
            _sink!.OnBatchEnd();
            _sender.Flush();
            return !_cut && MayDiscard();
        }
#pragma warning disable CA1031 // as above
        catch (Exception e)
#pragma warning restore CA1031
        {
            return Blame(e);
        }
    }

    private bool Blame(Exception fault)
    {
        _isBlamed = true;
        _end.Blame(fault);
        Cut(fault);
        return false;
    }

    private bool MayDiscard()
    {
        _discarded += _end.IsOpen ? 0 : _received;
        _received = 0;
        return _discarded <= DiscardLimit;
    }

    private void OnPeerClose(ReadOnlySpan<byte> payload)
    {
        if (ClosePayload.Read(payload, out ushort code, out string reason) is { } violation)
        {
            Close(WebSocketCloseCause.Violation, violation.Code, violation.Reason);
        }
        else if (_end.TryBegin(WebSocketCloseCause.Peer, code, reason))
        {
            SendClose(code, ""); // §5.5.1: "the endpoint typically echos the status code it received"
        }

        _reader.Stop();
    }

    private void Close(WebSocketCloseCause cause, ushort code, string reason)
    {
        if (_end.TryBegin(cause, code, reason))
        {
            SendClose(code, reason);
        }
    }

    private void SendClose(ushort code, string reason)
    {
        _wheel.Set(_closeTimer, _limits.CloseTimeout);
        Span<byte> payload = stackalloc byte[ClosePayload.MaxSize];
        _sender.SendClose(payload[..ClosePayload.Write(payload, code, reason)]);
        _sender.Flush();
    }

    private void OnCloseTimeout()
        => Cut(new TimeoutException($"{RemoteEndPoint} did not end the connection within {_limits.CloseTimeout.TotalSeconds:0.###} s"));

    private void Cut(Exception? error)
    {
        if (_end.TryCut(error))
        {
            _cut = true;
            _sender.Stop();
            _transport.Abort();
        }
    }

    private void SetPing()
    {
        if (_limits.PingInterval > TimeSpan.Zero && _end.IsOpen)
        {
            _wheel.Set(_pingTimer, _limits.PingInterval);
        }
    }

    // An unanswered ping closes nothing: pongs have been seen to take half a minute.
    private void OnPingDue()
    {
        if (_sender.Send(WebSocketOpcode.Ping, default))
        {
            _sender.Flush();
        }

        SetPing();
    }

    private async Task EndAsync()
    {
        _wheel.Cancel(_pingTimer);
        _wheel.Cancel(_closeTimer);
        _sender.Stop();
        _reader.Release();
        try
        {
            await _transport.CloseAsync();
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException or InvalidOperationException)
        {
            _end.Lose(e); // it broke while closing: a consequence, unless nothing else was wrong
        }
    }

    public override void AddSendingTo(HotSet set)
    {
        set.AddAlone(this);
        set.Add(_sender);
        _transport.AddSendingTo(set);
    }

    public void AddTo(HotSet set) => set.Add(_reader).Add(_sender).Add(_end).Add(_sink);
}
