namespace Matrixd.Transport;

/// <summary>Where a link is in its life, and what ended it: the first cause stays.</summary>
/// <remarks>Any thread. The lock keeps phase and cause together: the receive loop, the owner and the wheel all end links.</remarks>
internal sealed class LinkEnd
{
    private readonly Lock _gate = new();
    private volatile Phase _phase; // volatile: asked for every message, without the lock
    private WebSocketClose _close;
    private Exception? _writeError;

    private enum Phase
    {
        Open,

        /// <summary>A close frame of ours is on its way, or will be; messages are discarded.</summary>
        Closing,

        Over,
    }

    public bool IsOpen => _phase == Phase.Open;

    /// <summary>Begins to close with a close frame.</summary>
    /// <returns>False where the link was ending already: its first cause stays, and no second close frame is due.</returns>
    public bool TryBegin(WebSocketCloseCause cause, ushort code, string reason)
    {
        lock (_gate)
        {
            if (_phase != Phase.Open)
            {
                return false;
            }

            _phase = Phase.Closing;
            _close = new WebSocketClose(cause, code, reason);
            return true;
        }
    }

    /// <summary>The connection ended or broke. Where a close was under way that stays the cause.</summary>
    public void Lose(Exception? error)
    {
        lock (_gate)
        {
            if (_phase == Phase.Open)
            {
                _phase = Phase.Closing;
                _close = new WebSocketClose(WebSocketCloseCause.Lost, CloseCodes.NoFrame, "", _writeError ?? error);
            }
        }
    }

    /// <summary>A write failed: the cause, should the peer not have sent a close frame before.</summary>
    public void KeepWriteError(Exception error)
    {
        lock (_gate)
        {
            _writeError ??= error;
        }
    }

    /// <summary>The connection is cut by us. A violation or a close of the peer's stays the cause.</summary>
    /// <returns>False where the link is over already.</returns>
    public bool TryCut(Exception? error)
    {
        lock (_gate)
        {
            if (_phase == Phase.Over)
            {
                return false;
            }

            if (_phase == Phase.Open)
            {
                _close = _writeError is null
                    ? new WebSocketClose(WebSocketCloseCause.Aborted, CloseCodes.NoFrame, "", error)
                    : new WebSocketClose(WebSocketCloseCause.Lost, CloseCodes.NoFrame, "", _writeError);
            }
            else if (_close.Cause == WebSocketCloseCause.Local)
            {
                _close = _close with { Cause = WebSocketCloseCause.Aborted, Error = error };
            }

            _phase = Phase.Closing;
            return true;
        }
    }

    /// <summary>Our own code failed while it was told of what came: that is told instead of whatever was under way.</summary>
    public void Blame(Exception error)
    {
        lock (_gate)
        {
            WebSocketClose close = _phase == Phase.Open ? new WebSocketClose(default, CloseCodes.NoFrame, "") : _close;
            _close = close with { Cause = WebSocketCloseCause.Aborted, Error = error };
            _phase = Phase.Closing;
        }
    }

    /// <summary>The last word. A link that ends without any cause was lost.</summary>
    public WebSocketClose Finish()
    {
        lock (_gate)
        {
            Lose(null);
            _phase = Phase.Over;
            return _close;
        }
    }
}
