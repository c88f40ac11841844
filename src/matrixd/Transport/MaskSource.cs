using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace Matrixd.Transport;

/// <summary>Masks for the frames of a client: from the system's random generator, many at a time.</summary>
/// <remarks>
/// RFC 6455 §5.3: "The masking key needs to be unpredictable". A system call a frame would cost more than the masking,
/// so every thread draws a batch.
/// </remarks>
internal static class MaskSource
{
    private const int Batch = 1024; // 4 KiB a thread: a call a kilo-frame

    [ThreadStatic]
    private static uint[]? _masks;

    [ThreadStatic]
    private static int _left;

    public static uint Next()
    {
        uint[] masks = _masks ??= new uint[Batch];
        if (_left == 0)
        {
            RandomNumberGenerator.Fill(MemoryMarshal.AsBytes<uint>(masks));
            _left = Batch;
        }

        return masks[--_left];
    }
}
