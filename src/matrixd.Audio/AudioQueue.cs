namespace Matrixd.Audio;

/// <summary>A bounded first-in first-out store of 16-bit PCM bytes.</summary>
/// <remarks>
/// Memory: bytes are kept in pooled blocks of 8 KiB; an empty queue holds none, so that a silent call costs only this object.
/// In steady state nothing is allocated. <see cref="Clear"/> gives the blocks back; call it before letting go of a queue.
/// Threads: not thread-safe; one owner at a time.
/// Bytes may come in any portions. What is dropped is a whole number of samples, so that a stream never loses its alignment.
/// </remarks>
public sealed class AudioQueue
{
    private int[] _blocks = new int[4]; // a ring of numbers, the oldest first
    private int _first;
    private int _held;
    private int _readOffset; // in the oldest
    private int _writeOffset; // in the newest

    /// <summary>Makes an empty queue.</summary>
    /// <param name="capacity">The most it may hold [bytes]: positive and whole samples, that is even.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is not positive, or odd.</exception>
    public AudioQueue(int capacity)
    {
        if (capacity <= 0 || capacity % Pcm.BytesPerSample != 0)
        {
            throw new ArgumentOutOfRangeException(
                nameof(capacity), capacity, "The capacity of an audio queue must be a positive, even number of bytes.");
        }

        Capacity = capacity;
    }

    /// <summary>The most the queue may hold [bytes].</summary>
    public int Capacity { get; }

    /// <summary>What the queue holds [bytes].</summary>
    public int Count { get; private set; }

    /// <summary>What the queue would still take [bytes].</summary>
    public int Free => Capacity - Count;

    /// <summary>Appends as much as fits.</summary>
    /// <returns>How many bytes were taken, from the start of <paramref name="pcm"/>; the rest was not.</returns>
    public int Write(ReadOnlySpan<byte> pcm)
    {
        int taken = Math.Min(pcm.Length, Free);
        Append(pcm[..taken]);
        return taken;
    }

    /// <summary>Appends everything; what does not fit is dropped at the old end.</summary>
    /// <param name="pcm">May be longer than <see cref="Capacity"/>: then its own oldest samples are dropped too.</param>
    /// <param name="droppedBytes">How much was dropped; always whole samples.</param>
    public void WriteDroppingOldest(ReadOnlySpan<byte> pcm, out int droppedBytes)
    {
        long excess = (long)Count + pcm.Length - Capacity;
        droppedBytes = excess <= 0 ? 0 : (int)((excess + 1) / Pcm.BytesPerSample * Pcm.BytesPerSample);
        int fromQueue = Math.Min(droppedBytes, Count);
        Skip(fromQueue);
        Append(pcm[(droppedBytes - fromQueue)..]);
    }

    /// <summary>Takes the oldest bytes out.</summary>
    /// <returns>How many bytes were written to <paramref name="destination"/>: as many as there are, or as fit.</returns>
    public int Read(Span<byte> destination)
    {
        int wanted = Math.Min(destination.Length, Count);
        int done = 0;
        while (done < wanted)
        {
            int part = Math.Min(wanted - done, ReadableInOldest);
            AudioBlocks.Bytes(Oldest).Slice(_readOffset, part).CopyTo(destination[done..]);
            Advance(part);
            done += part;
        }

        return wanted;
    }

    /// <summary>Drops the oldest bytes.</summary>
    /// <returns>How many bytes were dropped: <paramref name="bytes"/>, or as many as there were.</returns>
    public int Skip(int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(bytes);
        int wanted = Math.Min(bytes, Count);
        for (int left = wanted; left > 0;)
        {
            int part = Math.Min(left, ReadableInOldest);
            Advance(part);
            left -= part;
        }

        return wanted;
    }

    /// <summary>Empties the queue and gives its blocks back. It can be used again.</summary>
    public void Clear() => Skip(Count);

    private int ReadableInOldest => (_held == 1 ? _writeOffset : AudioBlocks.Size) - _readOffset;

    private int Oldest => _blocks[_first];

    private int Newest => _blocks[(_first + _held - 1) & (_blocks.Length - 1)];

    private void Append(ReadOnlySpan<byte> pcm)
    {
        while (!pcm.IsEmpty)
        {
            if (_held == 0 || _writeOffset == AudioBlocks.Size)
            {
                AddBlock();
            }

            int part = Math.Min(pcm.Length, AudioBlocks.Size - _writeOffset);
            pcm[..part].CopyTo(AudioBlocks.Bytes(Newest)[_writeOffset..]);
            _writeOffset += part;
            Count += part;
            pcm = pcm[part..];
        }
    }

    private void AddBlock()
    {
        if (_held == _blocks.Length)
        {
            int[] larger = new int[2 * _held];
            for (int i = 0; i < _held; i++)
            {
                larger[i] = _blocks[(_first + i) & (_held - 1)];
            }

            (_blocks, _first) = (larger, 0);
        }

        if (_held == 0)
        {
            _readOffset = 0;
        }

        _blocks[(_first + _held) & (_blocks.Length - 1)] = AudioBlocks.Rent();
        _held++;
        _writeOffset = 0;
    }

    // part <= ReadableInOldest
    private void Advance(int part)
    {
        _readOffset += part;
        Count -= part;
        if (Count > 0 && _readOffset < AudioBlocks.Size)
        {
            return;
        }

        AudioBlocks.Return(Oldest);
        _first = (_first + 1) & (_blocks.Length - 1);
        _held--;
        _readOffset = 0;
    }
}
