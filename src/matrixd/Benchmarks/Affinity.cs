using System.Numerics;

namespace Matrixd.Benchmarks;

/// <summary>Which processors this process, and what it starts from now on, may use.</summary>
internal static unsafe class Affinity
{
    // 1024 processors, as the system's own default set.
    private const int Words = 16;

    /// <summary>The processors that it may use, by number.</summary>
    public static IReadOnlyList<int> Allowed()
    {
        ulong* mask = stackalloc ulong[Words];
        new Span<ulong>(mask, Words).Clear();
        if (LibC.sched_getaffinity(0, Words * sizeof(ulong), mask) < 0)
        {
            return [.. Enumerable.Range(0, Environment.ProcessorCount)];
        }

        List<int> allowed = [];
        for (int word = 0; word < Words; word++)
        {
            for (ulong bits = mask[word]; bits != 0; bits &= bits - 1)
            {
                allowed.Add((word * 64) + BitOperations.TrailingZeroCount(bits));
            }
        }

        return allowed;
    }

    /// <summary>Binds a process: all that it starts is bound with it.</summary>
    /// <param name="process">0: the calling thread.</param>
    /// <returns>False where the system does not let it.</returns>
    public static bool Bind(int process, params ReadOnlySpan<int> processors)
    {
        ulong* mask = stackalloc ulong[Words];
        new Span<ulong>(mask, Words).Clear();
        foreach (int processor in processors)
        {
            mask[processor / 64] |= 1UL << (processor % 64);
        }

        return LibC.sched_setaffinity(process, Words * sizeof(ulong), mask) == 0;
    }
}
