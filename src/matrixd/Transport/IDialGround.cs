using System.Net;

namespace Matrixd.Transport;

/// <summary>What a dial stands on: how it connects, and how it puts TLS over a connection.</summary>
internal interface IDialGround
{
    /// <summary>A TCP connection to the first of <paramref name="addresses"/> that answers.</summary>
    Task<LinkTransport> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken stopping);

    /// <summary>TLS over <paramref name="transport"/>, which is used up; the server's certificate verified, http/1.1 alone.</summary>
    /// <exception cref="DialException">At <see cref="DialStage.Tls"/> or <see cref="DialStage.Alpn"/>.</exception>
    Task<(LinkTransport Transport, DialReport Report)> SecureAsync(LinkTransport transport, WebSocketDialTarget target, CancellationToken stopping);
}
