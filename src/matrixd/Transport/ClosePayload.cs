using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;

namespace Matrixd.Transport;

/// <summary>The payload of a close frame: nothing, or a code and a reason. Source: RFC 6455 §5.5.1.</summary>
internal static class ClosePayload
{
    /// <summary>Longest payload of any control frame.</summary>
    public const int MaxSize = 125;

    /// <summary>Reads what the peer sent.</summary>
    /// <returns>Null where it is well formed; else why it is not.</returns>
    public static FrameViolation? Read(ReadOnlySpan<byte> payload, out ushort code, out string reason)
    {
        code = CloseCodes.NoCode;
        reason = "";
        if (payload.IsEmpty)
        {
            return null;
        }

        // "If there is a body, the first two bytes of the body MUST be a 2-byte unsigned integer"
        if (payload.Length == 1)
        {
            return new FrameViolation(CloseCodes.ProtocolError, "close frame with half a code");
        }

        ushort sent = BinaryPrimitives.ReadUInt16BigEndian(payload);
        if (!CloseCodes.IsWireCode(sent))
        {
            return new FrameViolation(CloseCodes.ProtocolError, $"close code {sent} is not for the wire");
        }

        if (!Utf8.IsValid(payload[2..]))
        {
            return new FrameViolation(CloseCodes.BadData, "close reason is not UTF-8");
        }

        code = sent;
        reason = Encoding.UTF8.GetString(payload[2..]);
        return null;
    }

    /// <summary>Writes code and reason; a reason too long is cut between two characters. <see cref="CloseCodes.NoCode"/> gives an empty payload.</summary>
    /// <returns>Bytes written.</returns>
    public static int Write(Span<byte> destination, ushort code, string reason)
    {
        if (code == CloseCodes.NoCode)
        {
            return 0;
        }

        BinaryPrimitives.WriteUInt16BigEndian(destination, code);
        Utf8.FromUtf16(reason, destination[2..MaxSize], out _, out int written);
        return 2 + written;
    }
}
