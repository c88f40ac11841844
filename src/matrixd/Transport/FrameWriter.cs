using System.Buffers.Binary;

namespace Matrixd.Transport;

/// <summary>Writes whole frames: one message, one frame, nothing fragmented. Source: RFC 6455 §5.2.</summary>
internal static class FrameWriter
{
    /// <summary>Size of a frame with <paramref name="payload"/> bytes in it.</summary>
    public static int SizeOf(int payload, bool masked)
        => 2 + (payload <= 125 ? 0 : payload <= ushort.MaxValue ? 2 : 8) + (masked ? 4 : 0) + payload;

    /// <summary>Writes a frame.</summary>
    /// <param name="destination">At least <see cref="SizeOf"/> bytes; must not overlap the payload.</param>
    /// <param name="opcode">Any but continuation.</param>
    /// <param name="payload">Copied, masked on the way where asked.</param>
    /// <param name="mask">Null for a server's frame.</param>
    public static void Write(Span<byte> destination, WebSocketOpcode opcode, ReadOnlySpan<byte> payload, uint? mask)
    {
        destination[0] = (byte)(0x80 | (int)opcode);
        int masked = mask.HasValue ? 0x80 : 0;
        int size;
        if (payload.Length <= 125)
        {
            destination[1] = (byte)(masked | payload.Length);
            size = 2;
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            destination[1] = (byte)(masked | 126);
            BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payload.Length);
            size = 4;
        }
        else
        {
            destination[1] = (byte)(masked | 127);
            BinaryPrimitives.WriteUInt64BigEndian(destination[2..], (ulong)payload.Length);
            size = 10;
        }

        if (mask is { } key)
        {
            BinaryPrimitives.WriteUInt32LittleEndian(destination[size..], key);
            FrameMask.Apply(payload, destination[(size + 4)..], key, 0);
        }
        else
        {
            payload.CopyTo(destination[size..]);
        }
    }
}
