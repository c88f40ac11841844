namespace Matrixd.Transport;

/// <summary>What a <see cref="WebSocketLink"/> tells its owner.</summary>
/// <remarks>
/// All calls come from the link's one receive loop, one at a time. Spans are lent: they are valid until the method returns.
/// Implementations must not block or wait; what is slow leaves by a queue.
/// </remarks>
internal interface IWebSocketSink
{
    /// <summary>A whole message, defragmented and unmasked; text is valid UTF-8.</summary>
    void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message);

    /// <summary>Everything that had arrived together has been delivered: the moment to flush what the messages caused.</summary>
    void OnBatchEnd();

    /// <summary>The link is over. Called exactly once, last.</summary>
    void OnClosed(WebSocketClose close);
}
