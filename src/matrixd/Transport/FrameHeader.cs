using System.Buffers.Binary;

namespace Matrixd.Transport;

/// <summary>The head of one frame. Source: RFC 6455 §5.2.</summary>
/// <remarks>
/// <code>
/// FIN RSV1 RSV2 RSV3 opcode(4) | MASK length(7) | length(16 or 64, where length(7) is 126 or 127) | mask(32, where MASK)
/// </code>
/// Reading judges nothing: <see cref="FrameRules"/> does.
/// </remarks>
internal readonly record struct FrameHeader
{
    /// <summary>Longest head: 2 bytes, a 64-bit length, a mask.</summary>
    public const int MaxSize = 14;

    public bool Fin { get; init; }

    /// <summary>RSV1 to RSV3 as they stand in the first byte; 0 where no extension was negotiated, and none ever is.</summary>
    public int Reserved { get; init; }

    public WebSocketOpcode Opcode { get; init; }

    public bool Masked { get; init; }

    /// <summary>Payload that follows [bytes]; as the peer says, unchecked.</summary>
    public ulong Length { get; init; }

    /// <summary>The length stands in the shortest of the three forms.</summary>
    public bool Minimal { get; init; }

    /// <summary>The mask's four bytes in wire order, read as little-endian.</summary>
    public uint Mask { get; init; }

    public bool IsControl => ((int)Opcode & 8) != 0;

    /// <summary>Size of a head whose second byte is <paramref name="second"/> [bytes].</summary>
    public static int SizeFrom(byte second)
    {
        int length = (second & 0x7F) switch
        {
            126 => 2,
            127 => 8,
            _ => 0,
        };
        return 2 + length + ((second & 0x80) != 0 ? 4 : 0);
    }

    /// <summary>Reads the head at the start of <paramref name="data"/>.</summary>
    /// <returns>False where <paramref name="data"/> ends within the head; <paramref name="size"/> then tells nothing.</returns>
    public static bool TryRead(ReadOnlySpan<byte> data, out FrameHeader header, out int size)
    {
        header = default;
        size = 0;
        if (data.Length < 2)
        {
            return false;
        }

        size = SizeFrom(data[1]);
        if (data.Length < size)
        {
            return false;
        }

        bool masked = (data[1] & 0x80) != 0;
        ulong length = (uint)(data[1] & 0x7F);
        bool minimal = true;
        if (length == 126)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(data[2..]);
            minimal = length > 125;
        }
        else if (length == 127)
        {
            length = BinaryPrimitives.ReadUInt64BigEndian(data[2..]);
            minimal = length > ushort.MaxValue;
        }

        header = new FrameHeader
        {
            Fin = (data[0] & 0x80) != 0,
            Reserved = data[0] & 0x70,
            Opcode = (WebSocketOpcode)(data[0] & 0x0F),
            Masked = masked,
            Length = length,
            Minimal = minimal,
            Mask = masked ? BinaryPrimitives.ReadUInt32LittleEndian(data[(size - 4)..]) : 0,
        };
        return true;
    }
}
