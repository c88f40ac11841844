namespace Matrixd.Benchmarks;

/// <summary>Bytes that grow, for what is rare: half a frame, a socket that is full.</summary>
internal static class LoadBuffers
{
    public static void Append(ref byte[] buffer, ref int length, ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return;
        }

        if (length + bytes.Length > buffer.Length)
        {
            Array.Resize(ref buffer, (length + bytes.Length) * 2);
        }

        bytes.CopyTo(buffer.AsSpan(length));
        length += bytes.Length;
    }
}
