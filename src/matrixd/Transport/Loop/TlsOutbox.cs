using System.Buffers;

namespace Matrixd.Transport.Loop;

/// <summary>A session's records on their way to its socket: those that the kernel has no room for wait here.</summary>
/// <remarks>They are those of one write, and answers to new keys. On the loop's thread.</remarks>
internal sealed class TlsOutbox
{
    // A peer that asks for new keys and reads no answer gets no more of them.
    private const int Limit = 256 * 1024;

    private byte[]? _unsent;
    private int _unsentAt;
    private int _unsentEnd;

    public bool IsWaiting => _unsent is not null;

    /// <summary>Sends the records that OpenSSL has made, behind those that wait.</summary>
    /// <returns><see cref="IoResult.WantsWrite"/> while any wait.</returns>
    public IoResult Send(int fd, TlsMemory memory, out Exception? error)
    {
        error = null;
        if (_unsent is not null && SendUnsent(fd, out error) == IoResult.Failed)
        {
            return IoResult.Failed;
        }

        Span<byte> records = memory.Records;
        int count;
        do
        {
            count = TlsMemory.Take(memory.Out, records);
            int sent = 0;
            if (_unsent is null && count > 0 && LoopSocket.Write(fd, records[..count], out sent, out error) == IoResult.Failed)
            {
                return IoResult.Failed;
            }

            if (sent < count && !TryKeep(records[sent..count]))
            {
                error = new IOException("the peer does not read");
                return IoResult.Failed;
            }
        }
        while (count == records.Length);

        return IsWaiting ? IoResult.WantsWrite : IoResult.Done;
    }

    /// <summary>Gives up what waits.</summary>
    public void Drop()
    {
        if (_unsent is not null)
        {
            ArrayPool<byte>.Shared.Return(_unsent);
        }

        (_unsent, _unsentAt, _unsentEnd) = (null, 0, 0);
    }

    private IoResult SendUnsent(int fd, out Exception? error)
    {
        IoResult result = LoopSocket.Write(fd, _unsent.AsSpan(_unsentAt, _unsentEnd - _unsentAt), out int sent, out error);
        _unsentAt += sent;
        if (_unsentAt == _unsentEnd)
        {
            Drop();
        }

        return result;
    }

    private bool TryKeep(ReadOnlySpan<byte> records)
    {
        int waiting = _unsentEnd - _unsentAt;
        if (waiting + records.Length > Limit)
        {
            return false;
        }

        if (_unsent is null || _unsent.Length - _unsentEnd < records.Length)
        {
            byte[] larger = ArrayPool<byte>.Shared.Rent(waiting + records.Length);
            _unsent.AsSpan(_unsentAt, waiting).CopyTo(larger);
            Drop();
            (_unsent, _unsentEnd) = (larger, waiting);
        }

        records.CopyTo(_unsent.AsSpan(_unsentEnd));
        _unsentEnd += records.Length;
        return true;
    }
}
