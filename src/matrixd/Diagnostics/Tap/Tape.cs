using System.Buffers;

namespace Matrixd.Diagnostics;

/// <summary>The tape of one call: what both its sockets carry, in the order in which it was seen.</summary>
/// <remarks>
/// Any thread adds; the lines are made and written on the writer's thread. A line that finds no room is counted, and the tape says where it is missing.
/// </remarks>
internal sealed class Tape(TapWriter writer, string callSid, byte[] head, string suffix)
{
    private long _lost;
    private volatile bool _isFull;

    public string CallSid => callSid;

    /// <summary>The first line.</summary>
    public byte[] Head => head;

    /// <summary>What the file's name ends in.</summary>
    public string Suffix => suffix;

    /// <summary>Owned by the writer's thread.</summary>
    internal TapeFile? File { get; set; }

    /// <summary>Set by the writer's thread: the file takes nothing more.</summary>
    internal bool IsFull
    {
        get => _isFull;
        set => _isFull = value;
    }

    /// <summary>Adds a message; it is copied.</summary>
    public void Add(long micros, TapeLeg leg, int connection, bool isInbound, TapeEvent what, ReadOnlySpan<byte> message, int batch = 0)
    {
        if (_isFull)
        {
            return;
        }

        byte[] copy = ArrayPool<byte>.Shared.Rent(message.Length);
        message.CopyTo(copy);
        Add(new TapItem(this, micros, leg, connection, isInbound, what, copy, message.Length, Batch: batch));
    }

    /// <summary>Adds what is no message.</summary>
    public void Add(TapItem item)
    {
        if (!writer.TryAdd(item))
        {
            Interlocked.Increment(ref _lost);
            if (item.Buffer is not null)
            {
                ArrayPool<byte>.Shared.Return(item.Buffer);
            }
        }
    }

    /// <summary>Nothing is added any more.</summary>
    public void Finish() => writer.Finish(this);

    /// <summary>Lines that found no room since it was asked last.</summary>
    internal long TakeLost() => Interlocked.Exchange(ref _lost, 0);
}
