namespace Matrixd.Transport;

/// <summary>Watches one link from beside it: sees every message, changes none.</summary>
/// <remarks>
/// What comes is told on the link's receive loop, what is sent on whatever thread sends it, so both may be told at once. Spans are lent: they are valid
/// until the method returns. Implementations must not block, wait or throw: they stand on the frame path.
/// </remarks>
internal interface ILinkTap
{
    /// <summary>A message of the peer, told before the link's owner is told.</summary>
    void OnReceived(WebSocketOpcode opcode, ReadOnlySpan<byte> message);

    /// <summary>What had arrived together has been told, to the link's owner too.</summary>
    void OnBatchEnd();

    /// <summary>A message of ours that the link has taken.</summary>
    void OnSent(WebSocketOpcode opcode, ReadOnlySpan<byte> message);

    /// <summary>We ask for the close; may be told more than once, the first counts. <see cref="CloseCodes.NoFrame"/>: the connection is cut.</summary>
    void OnClosing(ushort code, string reason);

    /// <summary>The link is over. Once, last, and only where the link was run.</summary>
    void OnClosed(in WebSocketClose close);
}
