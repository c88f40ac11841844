namespace Matrixd.Audio;

/// <summary>One piece of an <see cref="AudioQueue"/>'s memory, and the pool of idle ones.</summary>
/// <remarks>
/// A segment belongs to the queue that rented it until it is returned; its bytes are not cleared.
/// Why not <c>ArrayPool.Shared</c>: it keeps a few dozen arrays of a size and leaves the rest to the collector, while a model's
/// turn arrives in one burst and a thousand calls rent and return by the thousand.
/// </remarks>
internal sealed class AudioSegment
{
    /// <summary>[bytes] 170 ms at 24 kHz, 512 ms at 8 kHz: a turn takes few of them, a short answer wastes little.</summary>
    public const int Size = 8 * 1024;

    /// <summary>Idle segments kept: 8 MiB in all, more than the bursts of a thousand calls differ from their mean.</summary>
    public const int MaxIdle = 1024;

    // A lock, for a few instructions once per 8 KiB of audio: a lock-free stack of reused nodes would meet the ABA problem.
    private static readonly Lock s_gate = new();
    private static AudioSegment? s_idle; // last in, first out: the segment still in the cache is used first
    private static int s_idleCount;

    private AudioSegment()
    {
    }

    /// <summary>The memory, <see cref="Size"/> bytes.</summary>
    public byte[] Bytes { get; } = GC.AllocateUninitializedArray<byte>(Size);

    /// <summary>The next newer segment of the queue; in the pool, the next idle one.</summary>
    public AudioSegment? Next { get; set; }

    public static AudioSegment Rent()
    {
        lock (s_gate)
        {
            if (s_idle is { } segment)
            {
                s_idle = segment.Next;
                s_idleCount--;
                segment.Next = null;
                return segment;
            }
        }

        return new AudioSegment();
    }

    public static void Return(AudioSegment segment)
    {
        lock (s_gate)
        {
            if (s_idleCount < MaxIdle)
            {
                segment.Next = s_idle;
                s_idle = segment;
                s_idleCount++;
            }
            else
            {
                segment.Next = null;
            }
        }
    }
}
