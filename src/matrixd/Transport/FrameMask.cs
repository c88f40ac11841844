using System.Numerics;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Matrixd.Transport;

/// <summary>The XOR that every frame of a client wears. Source: RFC 6455 §5.3.</summary>
internal static class FrameMask
{
    /// <summary>Masks or unmasks <paramref name="source"/> into <paramref name="destination"/>; the two may be the same memory, not shifted.</summary>
    /// <param name="source">Bytes of one frame's payload.</param>
    /// <param name="destination">As long as the source, or longer.</param>
    /// <param name="mask">Four bytes in wire order, as little-endian.</param>
    /// <param name="offset">Where in the payload the source begins: the mask goes on from there.</param>
    public static void Apply(ReadOnlySpan<byte> source, Span<byte> destination, uint mask, int offset)
    {
        destination = destination[..source.Length];
        mask = BitOperations.RotateRight(mask, (offset & 3) * 8);
        int i = Wide(source, destination, mask);
        for (; i < source.Length; i++)
        {
            destination[i] = (byte)(source[i] ^ (mask >> ((i & 3) * 8)));
        }
    }

    // A mask repeats every four bytes and every vector is a multiple of four: each step begins at the mask's first byte.
    private static int Wide(ReadOnlySpan<byte> source, Span<byte> destination, uint mask)
    {
        ref byte from = ref MemoryMarshal.GetReference(source);
        ref byte to = ref MemoryMarshal.GetReference(destination);
        int i = 0;
        if (Vector512.IsHardwareAccelerated)
        {
            Vector512<byte> wide = Vector512.Create(mask).AsByte();
            for (; i <= source.Length - Vector512<byte>.Count; i += Vector512<byte>.Count)
            {
                (Vector512.LoadUnsafe(ref from, (nuint)i) ^ wide).StoreUnsafe(ref to, (nuint)i);
            }
        }

        if (Vector256.IsHardwareAccelerated)
        {
            Vector256<byte> wide = Vector256.Create(mask).AsByte();
            for (; i <= source.Length - Vector256<byte>.Count; i += Vector256<byte>.Count)
            {
                (Vector256.LoadUnsafe(ref from, (nuint)i) ^ wide).StoreUnsafe(ref to, (nuint)i);
            }
        }

        // Without hardware vectors this loop still runs right, as two 64-bit halves.
        Vector128<byte> half = Vector128.Create(mask).AsByte();
        for (; i <= source.Length - Vector128<byte>.Count; i += Vector128<byte>.Count)
        {
            (Vector128.LoadUnsafe(ref from, (nuint)i) ^ half).StoreUnsafe(ref to, (nuint)i);
        }

        return i;
    }
}
