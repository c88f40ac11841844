using System.Numerics;

namespace Matrixd.Benchmarks;

/// <summary>Times, counted in classes of 3 %: no sample is kept, none is lost.</summary>
internal sealed class LoadHistogram
{
    // 32 classes to each doubling.
    private const int Fine = 32;
    private const int FineBits = 5;

    private readonly long[] _classes = new long[64 * Fine];

    public long Count { get; private set; }

    /// <summary>[ns]</summary>
    public long Most { get; private set; }

    /// <param name="nanoseconds">Less than none counts as none.</param>
    public void Add(long nanoseconds)
    {
        ulong value = (ulong)Math.Max(0, nanoseconds);
        Count++;
        Most = Math.Max(Most, (long)value);
        _classes[ClassOf(value)]++;
    }

    public void Clear()
    {
        Array.Clear(_classes);
        Count = 0;
        Most = 0;
    }

    /// <summary>The bound that so large a share of the times does not exceed [ms], within 3 %; 0 where there are none.</summary>
    /// <param name="share">Above 0, at most 1.</param>
    public double Milliseconds(double share)
    {
        long need = Math.Max(1, (long)Math.Ceiling(share * Count));
        long seen = 0;
        for (int i = 0; i < _classes.Length && Count > 0; i++)
        {
            seen += _classes[i];
            if (seen >= need)
            {
                return Math.Min(BoundOf(i), (ulong)Most) / 1e6;
            }
        }

        return 0;
    }

    public LatencyFigures Figures() => new()
    {
        Count = Count,
        P50Ms = Milliseconds(0.50),
        P95Ms = Milliseconds(0.95),
        P99Ms = Milliseconds(0.99),
        MaxMs = Most / 1e6,
    };

    private static int ClassOf(ulong value)
    {
        if (value < Fine)
        {
            return (int)value;
        }

        int top = BitOperations.Log2(value);
        return ((top - FineBits + 1) * Fine) + (int)((value >> (top - FineBits)) & (Fine - 1));
    }

    private static ulong BoundOf(int index) => index < Fine ? (ulong)index : (ulong)(Fine + (index % Fine) + 1) << ((index / Fine) - 1);
}
