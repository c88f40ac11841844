using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Matrixd.Timing;

namespace Matrixd.Transport;

/// <summary>Opens client links: TCP, a proxy's tunnel, TLS, the WebSocket handshake, each with its own timeout.</summary>
internal static class WebSocketDialer
{
    /// <summary>Dials and completes the handshake; the link is then to be run, or aborted.</summary>
    /// <exception cref="DialException">It could not be opened; says at which stage.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    /// <exception cref="ArgumentException">The target cannot be written as a request: a space, line break or non-ASCII letter in it.</exception>
    public static async Task<WebSocketLink> DialAsync(WebSocketDialTarget target, WebSocketLimits limits, TimerWheel wheel, CancellationToken stopping)
        => (await DialWithReportAsync(target, limits, wheel, stopping)).Link;

    /// <summary>As <see cref="DialAsync"/>, and tells what was found on the way.</summary>
    public static async Task<(WebSocketLink Link, DialReport Report)> DialWithReportAsync(
        WebSocketDialTarget target, WebSocketLimits limits, TimerWheel wheel, CancellationToken stopping)
    {
        TimeProvider clock = wheel.Clock;
        var stages = new DialStages(target, stopping);
        long started = clock.GetTimestamp();
        Socket socket = await ConnectAsync(target, stages);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            string remote = RemoteEndPoint(socket);
            long connected = clock.GetTimestamp();
            if (target.Tls)
            {
                stream = await stages.RunAsync(DialStage.Tls, target.TlsTimeout, token => TlsConnector.ConnectAsync(stream, target, token));
            }

            long secured = clock.GetTimestamp();
            var transport = new StreamTransport(socket, stream, remote);
            await stages.RunAsync(
                DialStage.Upgrade, target.UpgradeTimeout, token => UpgradeRequest.SendAsync(stream, transport.Input, target, token));
            DialReport report = Describe(stream as SslStream) with
            {
                RemoteEndPoint = remote,
                Connect = clock.GetElapsedTime(started, connected),
                Tls = clock.GetElapsedTime(connected, secured),
                Upgrade = clock.GetElapsedTime(secured),
            };
            return (new PipeWebSocketLink(transport, isServer: false, limits, wheel), report);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <summary>Goes as far as TLS and hangs up, for diagnosis: the server is asked nothing.</summary>
    /// <exception cref="DialException">It did not come so far; says at which stage.</exception>
    public static async Task<DialReport> ProbeAsync(WebSocketDialTarget target, TimeProvider clock, CancellationToken stopping)
    {
        var stages = new DialStages(target, stopping);
        long started = clock.GetTimestamp();
        Socket socket = await ConnectAsync(target, stages);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            string remote = RemoteEndPoint(socket);
            long connected = clock.GetTimestamp();
            if (target.Tls)
            {
                stream = await stages.RunAsync(DialStage.Tls, target.TlsTimeout, token => TlsConnector.ConnectAsync(stream, target, token));
            }

            return Describe(stream as SslStream) with
            {
                RemoteEndPoint = remote,
                Connect = clock.GetElapsedTime(started, connected),
                Tls = clock.GetElapsedTime(connected),
            };
        }
        finally
        {
            await stream.DisposeAsync();
        }
    }

    // A connection to the server: straight, or through the proxy's tunnel.
    private static async Task<Socket> ConnectAsync(WebSocketDialTarget target, DialStages stages)
    {
        HttpProxy? proxy = null;
        if (target.Proxy.Length > 0 && !HttpProxy.TryParse(target.Proxy, out proxy))
        {
            throw new DialException(DialStage.Proxy, 0, $"{target.Host}:{target.Port}: the proxy's address is not of the form http://host:port");
        }

        string host = proxy?.Host ?? target.Host;
        int port = proxy?.Port ?? target.Port;
        IPAddress[] addresses = await stages.RunAsync(
            DialStage.Resolve, target.ConnectTimeout, token => Dns.GetHostAddressesAsync(host, token));
        Socket socket = await stages.RunAsync(
            DialStage.Connect, target.ConnectTimeout, token => TcpConnector.ConnectAsync(addresses, port, token));
        if (proxy is null)
        {
            return socket;
        }

        try
        {
            HttpHead answer = await stages.RunAsync(
                DialStage.Proxy,
                target.ConnectTimeout,
                token => proxy.TunnelAsync(new NetworkStream(socket, ownsSocket: false), target.Host, target.Port, token));
            return answer.Status is >= 200 and < 300
                ? socket
                : throw new DialException(
                    DialStage.Proxy, answer.Status, $"{target.Host}:{target.Port}: proxy {host}:{port} refused the tunnel: {answer.Status} {PeerText.Escape(answer.Reason)}");
        }
        catch
        {
            socket.Dispose();
            throw;
        }
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

    private static DialReport Describe(SslStream? tls)
    {
        if (tls is null)
        {
            return new DialReport();
        }

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
