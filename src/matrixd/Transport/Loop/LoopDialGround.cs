using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Matrixd.Transport.Loop;

/// <summary>Dials on an event loop: connects without waiting, TLS by OpenSSL.</summary>
internal sealed class LoopDialGround(EventLoop loop) : IDialGround
{
    public async Task<LinkTransport> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken stopping)
        => new LoopTransport(await TcpConnector.ConnectAsync(addresses, port, AttemptAsync, connection => connection.Abort(), stopping));

    public async Task<(LinkTransport Transport, DialReport Report)> SecureAsync(LinkTransport transport, WebSocketDialTarget target, CancellationToken stopping)
    {
        X509Certificate2Collection roots = TlsConnector.LoadRoots(target);
        TlsSession session = TlsContext.NewSession(roots, target);
        foreach (X509Certificate2 root in roots)
        {
            root.Dispose();
        }

        LoopConnection connection = ((LoopTransport)transport).Connection;
        HandshakeStep step = new(session);
        await connection.StepAsync(step, session, stopping);
        return (new LoopTransport(connection), step.Report);
    }

    private async Task<LoopConnection> AttemptAsync(IPEndPoint peer, CancellationToken over)
    {
        LoopConnection connection = new(loop, LoopSocket.Open(peer.AddressFamily), Name(peer));
        await connection.StepAsync(new ConnectStep(peer), null, over);
        return connection;
    }

    private static string Name(IPEndPoint peer)
        => (peer.Address.IsIPv4MappedToIPv6 ? new IPEndPoint(peer.Address.MapToIPv4(), peer.Port) : peer).ToString();
}
