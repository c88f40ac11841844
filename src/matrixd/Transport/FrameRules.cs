namespace Matrixd.Transport;

/// <summary>What RFC 6455 asks of a frame's head, whatever stood before it.</summary>
internal static class FrameRules
{
    /// <param name="header">The head as it was read.</param>
    /// <param name="masked">True where the peer is the client: it must mask, and a server must not.</param>
    /// <returns>Null where the frame may go on.</returns>
    public static FrameViolation? Check(in FrameHeader header, bool masked)
    {
        // §5.2: "MUST be 0 unless an extension is negotiated"; none ever is.
        if (header.Reserved != 0)
        {
            return Protocol("reserved bit set, no extension was agreed");
        }

        if (!IsKnown(header.Opcode))
        {
            return Protocol($"reserved opcode {(int)header.Opcode}");
        }

        // §5.1: "The server MUST close the connection upon receiving a frame that is not masked."
        if (header.Masked != masked)
        {
            return Protocol(masked ? "frame from a client is not masked" : "frame from a server is masked");
        }

        // §5.2: "the minimal number of bytes MUST be used to encode the length"
        if (!header.Minimal)
        {
            return Protocol("length is not in its shortest form");
        }

        return header.IsControl ? CheckControl(header) : null;
    }

    // §5.5: "All control frames MUST have a payload length of 125 bytes or less and MUST NOT be fragmented."
    private static FrameViolation? CheckControl(in FrameHeader header)
    {
        if (!header.Fin)
        {
            return Protocol("control frame in fragments");
        }

        return header.Length > ClosePayload.MaxSize ? Protocol($"control frame of {header.Length} bytes, 125 is the most") : null;
    }

    private static bool IsKnown(WebSocketOpcode opcode) => opcode is
        WebSocketOpcode.Continuation or WebSocketOpcode.Text or WebSocketOpcode.Binary or
        WebSocketOpcode.Close or WebSocketOpcode.Ping or WebSocketOpcode.Pong;

    private static FrameViolation Protocol(string reason) => new(CloseCodes.ProtocolError, reason);
}
