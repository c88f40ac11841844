using System.Buffers;

namespace Matrixd.Transport;

/// <summary>Frames on their way to the socket: one buffer fills while the other is being written.</summary>
/// <remarks>
/// Both come from the shared pool and go back when empty, so an idle link holds none. Not thread-safe: its
/// <see cref="LinkSender"/> locks. The memory that <see cref="Next"/> lends stays untouched until <see cref="Written"/>.
/// </remarks>
/// <param name="limit">Framed bytes that may wait.</param>
/// <param name="masked">True for a client.</param>
internal sealed class SendQueue(int limit, bool masked)
{
    // One system call's worth. Each completed write counts as progress, and a reader slower than this in
    // SendTimeout (13 kB/s at 5 s) is slower than any audio.
    private const int ChunkBytes = 64 * 1024;
    private const int SmallestBuffer = 2048; // a batch of 20 ms frames
    private byte[]? _pending;
    private int _pendingCount;
    private byte[]? _inFlight;
    private int _inFlightCount;
    private int _inFlightWritten;

    /// <summary>Framed bytes not yet written.</summary>
    public int Count => _pendingCount + _inFlightCount - _inFlightWritten;

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

        EnsureRoom(size);
        FrameWriter.Write(_pending.AsSpan(_pendingCount), opcode, payload, masked ? MaskSource.Next() : null);
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

            (_inFlight, _inFlightCount, _inFlightWritten) = (_pending, _pendingCount, 0);
            (_pending, _pendingCount) = (null, 0);
        }

        return _inFlight.AsMemory(_inFlightWritten, Math.Min(ChunkBytes, _inFlightCount - _inFlightWritten));
    }

    /// <summary>The memory lent by <see cref="Next"/> has been written.</summary>
    public void Written(int count)
    {
        _inFlightWritten += count;
        if (_inFlightWritten == _inFlightCount)
        {
            DropInFlight();
        }
    }

    /// <summary>Gives up what was being written; no write is under way any more.</summary>
    public void DropInFlight()
    {
        Return(ref _inFlight);
        (_inFlightCount, _inFlightWritten) = (0, 0);
    }

    /// <summary>Throws away what waits. What is being written stays: the socket may still read it.</summary>
    public void DropPending()
    {
        Return(ref _pending);
        _pendingCount = 0;
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
