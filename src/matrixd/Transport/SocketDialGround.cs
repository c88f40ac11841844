using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;

namespace Matrixd.Transport;

/// <summary>The portable way: sockets and TLS of the base library.</summary>
internal sealed class SocketDialGround : IDialGround
{
    public static SocketDialGround Instance { get; } = new();

    public async Task<LinkTransport> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken stopping)
    {
        Socket socket = await TcpConnector.ConnectAsync(addresses, port, stopping);
        return new StreamTransport(socket, new NetworkStream(socket, ownsSocket: true), RemoteEndPoint(socket));
    }

    public async Task<(LinkTransport Transport, DialReport Report)> SecureAsync(LinkTransport transport, WebSocketDialTarget target, CancellationToken stopping)
    {
        var plain = (StreamTransport)transport;
        await plain.Input.CompleteAsync();
        SslStream tls = await TlsConnector.ConnectAsync(plain.Stream, target, stopping);
        return (new StreamTransport(plain.Socket, tls, plain.RemoteEndPoint), Describe(tls));
    }

    // Asked once, while it can be: a socket whose peer has gone does not know it any more.
    private static string RemoteEndPoint(Socket socket)
    {
        try
        {
            return socket.RemoteEndPoint is IPEndPoint { Address.IsIPv4MappedToIPv6: true } mapped
                ? new IPEndPoint(mapped.Address.MapToIPv4(), mapped.Port).ToString()
                : socket.RemoteEndPoint?.ToString() ?? "";
        }
        catch (SocketException)
        {
            return "";
        }
    }

    private static DialReport Describe(SslStream tls)
    {
        var certificate = tls.RemoteCertificate as X509Certificate2;
        return new DialReport
        {
            TlsProtocol = tls.SslProtocol.ToString(),
            CipherSuite = tls.NegotiatedCipherSuite.ToString(),
            Alpn = tls.NegotiatedApplicationProtocol.ToString(),
            CertificateSubject = certificate?.Subject ?? "",
            CertificateIssuer = certificate?.Issuer ?? "",
            CertificateExpires = certificate?.NotAfter,
        };
    }
}
