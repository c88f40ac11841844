namespace Matrixd.Audio;

/// <summary>The memory of all audio queues: blocks, each known by its number, and those that are idle.</summary>
/// <remarks>
/// A block belongs to the queue that rented it until it is returned; its bytes are not cleared. Any thread.
/// Why not <c>ArrayPool.Shared</c>: it keeps a few dozen arrays of a size and leaves the rest to the collector, while a model's
/// turn arrives in one burst and a thousand calls rent and return by the thousand. Why numbers: a reference stored for each block would be
/// memory that the next collection walks.
/// </remarks>
internal static class AudioBlocks
{
    /// <summary>[bytes] 170 ms at 24 kHz, 512 ms at 8 kHz: a turn takes few of them, a short answer wastes little.</summary>
    public const int Size = 8 * 1024;

    /// <summary>Idle blocks kept: 8 MiB in all, more than the bursts of a thousand calls differ from their mean.</summary>
    public const int MaxIdle = 1024;

    private const int None = -1;

    // A lock, for a few instructions once per 8 KiB of audio: a lock-free stack of reused nodes would meet the ABA problem.
    private static readonly Lock s_gate = new();
    private static byte[]?[] s_bytes = new byte[]?[64]; // null: the number is free and has no memory
    private static int[] s_next = new int[64]; // of a free number: the one below it on its stack
    private static int s_made;
    private static int s_idle = None; // last in, first out: the block still in the cache is used first
    private static int s_idleCount;
    private static int s_bare = None; // numbers without memory

    /// <summary>A block of one's own.</summary>
    public static int Rent()
    {
        lock (s_gate)
        {
            if (s_idle != None)
            {
                s_idleCount--;
                return Pop(ref s_idle);
            }

            int block = s_bare != None ? Pop(ref s_bare) : Make();
            s_bytes[block] = GC.AllocateUninitializedArray<byte>(Size);
            return block;
        }
    }

    /// <summary>Gives a block back.</summary>
    public static void Return(int block)
    {
        lock (s_gate)
        {
            if (s_idleCount < MaxIdle)
            {
                Push(ref s_idle, block);
                s_idleCount++;
            }
            else
            {
                s_bytes[block] = null;
                Push(ref s_bare, block);
            }
        }
    }

    /// <summary>A block's memory, <see cref="Size"/> bytes. For who has rented it.</summary>
    public static Span<byte> Bytes(int block) => s_bytes[block];

    private static int Make()
    {
        if (s_made == s_bytes.Length)
        {
            Array.Resize(ref s_next, 2 * s_made);
            Array.Resize(ref s_bytes, 2 * s_made);
        }

        return s_made++;
    }

    private static int Pop(ref int stack)
    {
        int block = stack;
        stack = s_next[block];
        return block;
    }

    private static void Push(ref int stack, int block)
    {
        s_next[block] = stack;
        stack = block;
    }
}
