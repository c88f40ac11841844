using System.Numerics;
using System.Runtime.InteropServices;

namespace Matrixd.Audio;

/// <summary>Loudness of 16-bit PCM. Stateless; any thread.</summary>
public static class PcmLevel
{
    private const int FullScale = 32768;

    /// <summary>Root of the mean square [dBFS]: 0 for a full-scale square wave, -3.01 for a full-scale sine.</summary>
    /// <param name="pcm">Mono samples, any number.</param>
    /// <returns>At most 0; negative infinity for silence and for no samples.</returns>
    public static double RmsDbfs(ReadOnlySpan<short> pcm)
    {
        if (pcm.IsEmpty)
        {
            return double.NegativeInfinity;
        }

        return 10 * Math.Log10(SumOfSquares(pcm) / ((double)pcm.Length * FullScale * FullScale));
    }

    /// <summary>Largest magnitude [dBFS].</summary>
    /// <param name="pcm">Mono samples, any number.</param>
    /// <returns>At most 0; negative infinity for silence and for no samples.</returns>
    public static double PeakDbfs(ReadOnlySpan<short> pcm) => 20 * Math.Log10(Peak(pcm) / (double)FullScale);

    /// <summary>Largest magnitude: 0 to 32768, which only the most negative sample has.</summary>
    public static int Peak(ReadOnlySpan<short> pcm)
    {
        short highest = 0;
        short lowest = 0;
        ReadOnlySpan<Vector<short>> vectors = MemoryMarshal.Cast<short, Vector<short>>(pcm);
        if (!vectors.IsEmpty)
        {
            Vector<short> high = Vector<short>.Zero;
            Vector<short> low = Vector<short>.Zero;
            foreach (Vector<short> v in vectors)
            {
                high = Vector.Max(high, v);
                low = Vector.Min(low, v);
            }

            for (int lane = 0; lane < Vector<short>.Count; lane++)
            {
                highest = Math.Max(highest, high[lane]);
                lowest = Math.Min(lowest, low[lane]);
            }
        }

        foreach (short sample in pcm[(vectors.Length * Vector<short>.Count)..])
        {
            highest = Math.Max(highest, sample);
            lowest = Math.Min(lowest, sample);
        }

        return Math.Max(highest, -lowest);
    }

    // Integers throughout: exact, and 2^30 a sample leaves room for more samples than a span can have.
    private static long SumOfSquares(ReadOnlySpan<short> pcm)
    {
        long sum = 0;
        ReadOnlySpan<Vector<short>> vectors = MemoryMarshal.Cast<short, Vector<short>>(pcm);
        Vector<long> sums = Vector<long>.Zero;
        foreach (Vector<short> v in vectors)
        {
            Vector.Widen(v, out Vector<int> low, out Vector<int> high);
            Vector<uint> squares = Vector.AsVectorUInt32((low * low) + (high * high)); // at most 2^31: unsigned
            Vector.Widen(squares, out Vector<ulong> a, out Vector<ulong> b);
            sums += Vector.AsVectorInt64(a + b);
        }

        sum += Vector.Sum(sums);
        foreach (short sample in pcm[(vectors.Length * Vector<short>.Count)..])
        {
            sum += sample * sample;
        }

        return sum;
    }
}
