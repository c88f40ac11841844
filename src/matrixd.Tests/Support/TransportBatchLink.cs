using System.Net.Sockets;
using Matrixd.Transport;

namespace Matrixd.Tests.Support;

/// <summary>A server's link of a <see cref="TransportBatch"/>, with the client in the test's hand.</summary>
/// <param name="Fd">Our end's descriptor.</param>
internal sealed record TransportBatchLink(WebSocketLink Link, TransportSink Sink, TransportTally Tally, int Fd, Socket Peer)
{
    public RawWebSocket Client { get; } = RawWebSocket.Over(Peer, new NetworkStream(Peer));

    /// <summary>The receive loop.</summary>
    public Task Running { get; private set; } = Task.CompletedTask;

    public void Run() => Running = Link.RunAsync(Sink);

    /// <summary>What the client sends, for <see cref="TransportBatch.ArriveAsync"/>.</summary>
    public (int Fd, Socket Peer, byte[] Bytes) Says(string text) => (Fd, Peer, RawWebSocket.Text(text));
}
