namespace Matrixd.Calls;

/// <summary>Rings of calls that are over, for those that begin.</summary>
/// <remarks>
/// They are two fifths of what a call allocates, and old when it ends: made anew for each, they would have the whole heap collected every few minutes.
/// What a call leaves in its ring is cleared before the next has it. Any thread.
/// </remarks>
internal static class RecordingRings
{
    // Two of each call: what calls end within a second before others begin. 1.3 MiB at 8 kHz.
    private const int MostIdle = 64;

    private static readonly Lock s_gate = new();
    private static readonly List<short[]> s_idle = new(MostIdle); // the latest last: it is in the caches yet

    /// <param name="length">[samples]</param>
    public static short[] Rent(int length)
    {
        short[]? ring = Take(length);
        if (ring is null)
        {
            return new short[length];
        }

        ring.AsSpan().Clear(); // the voices of another call
        return ring;
    }

    /// <summary>Gives a ring back; it is not touched afterwards.</summary>
    public static void Return(short[] ring)
    {
        lock (s_gate)
        {
            if (s_idle.Count == MostIdle)
            {
                s_idle.RemoveAt(0); // perhaps of a length that nobody asks for any more
            }

            s_idle.Add(ring);
        }
    }

    private static short[]? Take(int length)
    {
        lock (s_gate)
        {
            int last = s_idle.FindLastIndex(ring => ring.Length == length);
            if (last < 0)
            {
                return null;
            }

            short[] ring = s_idle[last];
            s_idle.RemoveAt(last);
            return ring;
        }
    }
}
