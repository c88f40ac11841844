namespace Matrixd.Transport;

/// <summary>What a <see cref="FrameReader"/> finds. Spans are lent until the method returns.</summary>
internal interface IFrameHandler
{
    /// <summary>A whole message; text is valid UTF-8.</summary>
    void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message);

    /// <summary>A ping, pong or close, also between the fragments of a message.</summary>
    void OnControl(WebSocketOpcode opcode, ReadOnlySpan<byte> payload);

    /// <summary>The peer broke a rule or a limit. Called once; nothing else is called after it.</summary>
    void OnViolation(FrameViolation violation);
}
