using System.Buffers;

namespace Matrixd.Transport;

/// <summary>Frames on their way to the socket: one piece fills while the other is being written.</summary>
/// <remarks>
/// A piece lies in the loop's arena for as long as its round takes, and in a buffer of the shared pool where it must wait longer, so an idle
/// link holds none. Not thread-safe: its <see cref="LinkSender"/> locks. The memory that <see cref="Next"/> lends stays untouched until
/// <see cref="Written"/> on the arena's thread; elsewhere, or for longer than a call takes, that which <see cref="Keep"/> lends does.
/// </remarks>
/// <param name="limit">Framed bytes that may wait.</param>
/// <param name="masked">True for a client.</param>
/// <param name="arena">Null: there is none.</param>
/// <param name="user">Asked to have <see cref="LeaveArena"/> called.</param>
internal sealed class SendQueue(int limit, bool masked, SendArena? arena, IArenaUser user)
{
    // One system call's worth. Each completed write counts as progress, and a reader slower than this in
    // SendTimeout (13 kB/s at 5 s) is slower than any audio.
    private const int ChunkBytes = 64 * 1024;
    private const int SmallestBuffer = 2048; // a batch of 20 ms frames
    private byte[]? _pending; // null where nothing waits, or in the arena
    private int _pendingAt; // in the arena
    private int _pendingCount;
    private bool _pendingInArena;
    private byte[]? _inFlight;
    private int _inFlightAt;
    private int _inFlightCount;
    private int _inFlightWritten;
    private bool _inFlightInArena;
    private int _taken; // of what is being written: the transport's already, but TLS may have it still

    /// <summary>Framed bytes not yet written; those of a write that waits, all until it ends.</summary>
    public int Count => _pendingCount + _inFlightCount - _inFlightWritten + _taken;

    /// <summary>True where <see cref="LeaveArena"/> has something to do. Asked without a lock on the arena's thread: no other puts anything there.</summary>
    /// <remarks>Another may take it away meanwhile: what it does before it says so must be seen as done, on every processor.</remarks>
    public bool IsInArena => Volatile.Read(ref _pendingInArena) || Volatile.Read(ref _inFlightInArena);

    /// <summary>Queues a frame.</summary>
    /// <param name="opcode">Frame type.</param>
    /// <param name="payload">Copied.</param>
    /// <param name="beyond">Room over the limit: a control frame must find some in a full queue.</param>
    /// <returns>False, and nothing queued, where it does not fit.</returns>
    public bool TryAdd(WebSocketOpcode opcode, ReadOnlySpan<byte> payload, int beyond = 0)
    {
        int size = FrameWriter.SizeOf(payload.Length, masked);
        if ((long)Count + size > (long)limit + beyond)
        {
            return false;
        }

        FrameWriter.Write(Room(size), opcode, payload, masked ? MaskSource.Next() : null);
        _pendingCount += size;
        return true;
    }

    /// <summary>What is to be written next; empty where nothing is.</summary>
    public ReadOnlyMemory<byte> Next()
    {
        if (_inFlightWritten == _inFlightCount)
        {
            if (_pendingCount == 0)
            {
                return default;
            }

            (_inFlightAt, _inFlightCount, _inFlightWritten, _inFlightInArena) = (_pendingAt, _pendingCount, 0, _pendingInArena);
            _pendingCount = 0;
            Volatile.Write(ref _pendingInArena, false);
            if (!_inFlightInArena)
            {
                _inFlight = _pending;
                _pending = null;
            }
        }

        return InFlight();
    }

    /// <summary>What is left of the memory lent by <see cref="Next"/>, in memory that stays until <see cref="Written"/>.</summary>
    /// <param name="taken">Bytes of it that need not be kept.</param>
    /// <returns>Empty where they were all.</returns>
    public ReadOnlyMemory<byte> Keep(int taken)
    {
        _inFlightWritten += taken;
        _taken = taken;
        MoveInFlight();
        return InFlight();
    }

    /// <summary>The memory lent by <see cref="Next"/> or <see cref="Keep"/> has been written.</summary>
    public void Written(int count)
    {
        _inFlightWritten += count;
        _taken = 0;
        if (_inFlightWritten == _inFlightCount)
        {
            DropInFlight();
        }
    }

    /// <summary>Gives up what was being written; no write is under way any more.</summary>
    public void DropInFlight()
    {
        Return(ref _inFlight);
        (_inFlightCount, _inFlightWritten, _inFlightInArena, _taken) = (0, 0, false, 0);
    }

    /// <summary>Throws away what waits. What is being written stays: the socket may still read it.</summary>
    public void DropPending()
    {
        Return(ref _pending);
        (_pendingCount, _pendingInArena) = (0, false);
    }

    /// <summary>Moves what is in the arena to a buffer of its own.</summary>
    public void LeaveArena()
    {
        MovePending(0);
        MoveInFlight();
    }

    private ReadOnlyMemory<byte> InFlight()
    {
        int count = Math.Min(ChunkBytes, _inFlightCount - _inFlightWritten);
        return _inFlightInArena ? arena!.Place(_inFlightAt + _inFlightWritten, count) : _inFlight.AsMemory(_inFlightWritten, count);
    }

    private Span<byte> Room(int size)
    {
        if (arena is not null && (_pendingCount == 0 || _pendingInArena) && arena.TryTake(user, ref _pendingAt, _pendingCount, size))
        {
            _pendingInArena = true;
            return arena.Place(_pendingAt + _pendingCount, size).Span;
        }

        MovePending(size);
        EnsureRoom(size);
        return _pending.AsSpan(_pendingCount);
    }

    private void MovePending(int more)
    {
        if (_pendingInArena)
        {
            _pending = ArrayPool<byte>.Shared.Rent(Math.Max(SmallestBuffer, _pendingCount + more));
            arena!.Place(_pendingAt, _pendingCount).Span.CopyTo(_pending);
            Volatile.Write(ref _pendingInArena, false);
        }
    }

    private void MoveInFlight()
    {
        if (_inFlightInArena)
        {
            int count = _inFlightCount - _inFlightWritten;
            if (count > 0)
            {
                _inFlight = ArrayPool<byte>.Shared.Rent(count);
                arena!.Place(_inFlightAt + _inFlightWritten, count).Span.CopyTo(_inFlight);
            }

            (_inFlightCount, _inFlightWritten) = (count, 0);
            Volatile.Write(ref _inFlightInArena, false);
        }
    }

    private void EnsureRoom(int size)
    {
        int needed = _pendingCount + size;
        if (_pending is not null && _pending.Length >= needed)
        {
            return;
        }

        byte[] larger = ArrayPool<byte>.Shared.Rent(Math.Max(needed, Math.Max(SmallestBuffer, 2 * _pendingCount)));
        _pending.AsSpan(0, _pendingCount).CopyTo(larger);
        Return(ref _pending);
        _pending = larger;
    }

    private static void Return(ref byte[]? buffer)
    {
        if (buffer is not null)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            buffer = null;
        }
    }
}
