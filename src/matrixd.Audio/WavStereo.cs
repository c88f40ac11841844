using System.Runtime.Intrinsics;

namespace Matrixd.Audio;

/// <summary>Two channels, side by side as a stereo file has them. Stateless; any thread.</summary>
public static class WavStereo
{
    /// <summary>Puts the samples of one instant side by side, the left one first.</summary>
    /// <param name="left">Any number of samples.</param>
    /// <param name="right">As many.</param>
    /// <param name="both">At least twice as many; overlaps neither. What is behind them is left alone.</param>
    /// <exception cref="ArgumentException">The lengths do not fit. Nothing was written.</exception>
    public static void Interleave(ReadOnlySpan<short> left, ReadOnlySpan<short> right, Span<short> both)
    {
        if (left.Length != right.Length)
        {
            throw new ArgumentException($"{left.Length} samples on the left, {right.Length} on the right: both sides of a time line are equally long.", nameof(right));
        }

        if (both.Length / 2 < left.Length)
        {
            throw new ArgumentException($"{left.Length} samples of each side do not fit into {both.Length}.", nameof(both));
        }

        int done = 0;
        if (BitConverter.IsLittleEndian)
        {
            for (; left.Length - done >= Vector128<short>.Count; done += Vector128<short>.Count)
            {
                // A pair of 16 bits is a number of 32: the left sample is its lower half.
                Vector128<ushort> l = Vector128.Create(left[done..]).AsUInt16();
                Vector128<ushort> r = Vector128.Create(right[done..]).AsUInt16();
                Span<short> pairs = both[(2 * done)..];
                (Vector128.WidenLower(l) | (Vector128.WidenLower(r) << 16)).AsInt16().CopyTo(pairs);
                (Vector128.WidenUpper(l) | (Vector128.WidenUpper(r) << 16)).AsInt16().CopyTo(pairs[Vector128<short>.Count..]);
            }
        }

        for (; done < left.Length; done++)
        {
            both[2 * done] = left[done];
            both[(2 * done) + 1] = right[done];
        }
    }
}
