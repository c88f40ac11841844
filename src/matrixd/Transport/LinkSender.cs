using Matrixd.Memory;
using Matrixd.Timing;

namespace Matrixd.Transport;

/// <summary>The sending half of a link: a bounded queue, and one write at a time.</summary>
/// <remarks>
/// Any thread may send and flush. The lock is there because two do: the receive loop answers pings and closes while the
/// owner sends; it is held for a copy, never for a write. A write that ends at once is followed by the next in a loop;
/// one that does not is continued by a delegate made once, so a frame costs no allocation, and in a loop's round no reference is stored for it.
/// </remarks>
internal sealed partial class LinkSender : IHot, IArenaUser
{
    // A close frame and the latest pong fit in a queue that is full.
    private const int ControlReserve = 2 * (FrameHeader.MaxSize + ClosePayload.MaxSize);

    // Pings answered while the peer does not read: beyond this only the latest is (RFC 6455 §5.5.3 allows it).
    private const int PongBacklog = 4096;
    private const int NothingWritten = -1;

    private readonly Lock _gate = new();
    private readonly LinkTransport _transport;
    private readonly SendQueue _queue;
    private readonly TimerWheel _wheel;
    private readonly TimeSpan _timeout;
    private readonly ILinkSenderOwner _owner;
    private readonly Action _onWritten;
    private readonly Action _pump;
    private readonly WheelTimer _watch;
    private readonly byte[] _latePong = new byte[ClosePayload.MaxSize];
    private int _latePongCount = -1; // -1: none waits
    private int _chunk; // size of the write under way
    private int _progress; // writes that have ended
    private int _watched; // progress when the watch was set
    private bool _watching;
    private bool _writing;
    private bool _closed; // the close frame is queued, or the socket is gone
    private TaskCompletionSource? _drained;

    /// <param name="transport">Where the bytes go.</param>
    /// <param name="masked">True for a client.</param>
    /// <param name="limits">Queue size and write timeout.</param>
    /// <param name="wheel">Where the timeout is watched.</param>
    /// <param name="owner">Told when writing is over for good.</param>
    public LinkSender(LinkTransport transport, bool masked, WebSocketLimits limits, TimerWheel wheel, ILinkSenderOwner owner)
    {
        _transport = transport;
        _queue = new SendQueue(limits.SendQueueBytes, masked, transport.Arena, this);
        _wheel = wheel;
        _timeout = limits.SendTimeout;
        _owner = owner;
        _onWritten = OnWritten;
        _pump = Pump;
        _watch = new WheelTimer(OnWatch);
    }

    public int QueuedBytes
    {
        get
        {
            lock (_gate)
            {
                return _queue.Count;
            }
        }
    }

    public bool Send(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            return !_closed && _queue.TryAdd(opcode, payload);
        }
    }

    /// <summary>Answers a ping, or keeps the answer until the peer reads again.</summary>
    public void Pong(ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return;
            }

            if (_queue.Count < PongBacklog && _queue.TryAdd(WebSocketOpcode.Pong, payload))
            {
                _latePongCount = -1; // this answer is younger than the one that waits
                return;
            }

            payload.CopyTo(_latePong);
            _latePongCount = payload.Length;
        }
    }

    /// <summary>Queues the close frame; nothing is sent after it.</summary>
    public void SendClose(ReadOnlySpan<byte> payload)
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _queue.TryAdd(WebSocketOpcode.Close, payload, ControlReserve);
                _closed = true;
            }
        }
    }

    public void Flush()
    {
        lock (_gate)
        {
            if (_writing || _queue.Count == 0)
            {
                return;
            }

            _writing = true;
        }

        if (!_transport.Postpone(_pump))
        {
            Pump();
        }
    }

    /// <summary>Completes when nothing is queued or under way, or <see cref="Stop"/> was called.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            if (!_writing && _queue.Count == 0)
            {
                return Task.CompletedTask;
            }

            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    /// <summary>Nothing is sent any more. Any number of times.</summary>
    public void Stop()
    {
        TaskCompletionSource? drained;
        lock (_gate)
        {
            _closed = true;
            _queue.DropPending();
            _latePongCount = -1;
            drained = _drained;
        }

        _wheel.Cancel(_watch);
        drained?.TrySetResult();
    }

    /// <summary>Takes what still waits in the arena out of it.</summary>
    public void LeaveArena()
    {
        if (_queue.IsInArena)
        {
            lock (_gate)
            {
                _queue.LeaveArena();
            }
        }
    }

    private void Fail(Exception error)
    {
        lock (_gate)
        {
            _queue.DropInFlight(); // the write is over: its buffer is ours again
            _writing = false;
        }

        Stop();
        _owner.OnWriteFailed(error);
    }

    // Set only while a write hangs, and once for as long as it does: no timer is touched for a frame that leaves at once.
    private void Watch()
    {
        lock (_gate)
        {
            if (!_writing || _watching)
            {
                return;
            }

            _watching = true;
            _watched = _progress;
        }

        _wheel.Set(_watch, _timeout);
    }

    private void OnWatch()
    {
        bool stuck;
        lock (_gate)
        {
            _watching = _writing;
            if (!_writing)
            {
                return;
            }

            stuck = _watched == _progress;
            _watched = _progress;
        }

        if (stuck)
        {
            _owner.OnWriteStuck();
        }
        else
        {
            _wheel.Set(_watch, _timeout);
        }
    }

    public void AddTo(HotSet set) => set.Add(_gate).Add(_queue);
}
