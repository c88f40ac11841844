using Matrixd.Memory;

namespace Matrixd.Transport;

/// <summary>One WebSocket after its handshake: the seam between wire code and whatever carries the bytes.</summary>
/// <remarks>
/// Nothing above knows sockets, TLS or frames. Sends may come from any thread; each is atomic. A send only queues; <see cref="Flush"/>
/// starts the write, so that frames due together leave in one system call. No method blocks.
/// </remarks>
internal abstract class WebSocketLink
{
    /// <summary>Framed bytes that the socket has not taken yet.</summary>
    public abstract int QueuedBytes { get; }

    /// <summary>The peer's address and port, for logs.</summary>
    public abstract string RemoteEndPoint { get; }

    /// <summary>Queues one whole message as a single frame; the payload is copied before this returns.</summary>
    /// <returns>False, and nothing queued, where the queue is full or the link is closing.</returns>
    public abstract bool Send(WebSocketOpcode opcode, ReadOnlySpan<byte> payload);

    /// <summary>Names what a send touches.</summary>
    public virtual void AddSendingTo(HotSet set)
    {
    }

    /// <summary>Starts writing what is queued; returns at once.</summary>
    public abstract void Flush();

    /// <summary>Sends what is queued and a close frame, waits for the peer's at most <see cref="WebSocketLimits.CloseTimeout"/>, then cuts.</summary>
    /// <param name="code">Close code; see RFC 6455 §7.4.</param>
    /// <param name="reason">At most 123 bytes of UTF-8 are sent.</param>
    public abstract void Close(ushort code, string reason);

    /// <summary>Cuts the connection now.</summary>
    public abstract void Abort();

    /// <summary>The one receive loop: delivers to <paramref name="sink"/> until the link is over and its socket is gone. Called once.</summary>
    /// <remarks>Never throws: how the link ended is told to <see cref="IWebSocketSink.OnClosed"/>, also when the sink itself threw.</remarks>
    public abstract Task RunAsync(IWebSocketSink sink);
}
