using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using Matrixd.Timing;

namespace Matrixd.Transport;

/// <summary>Opens client links: TCP, a proxy's tunnel, TLS, the WebSocket handshake, each with its own timeout.</summary>
internal static class WebSocketDialer
{
    /// <summary>Dials and completes the handshake; the link is then to be run.</summary>
    /// <exception cref="DialException">It could not be opened; says at which stage.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="stopping"/> fired.</exception>
    public static async Task<WebSocketLink> DialAsync(WebSocketDialTarget target, WebSocketLimits limits, TimerWheel wheel, CancellationToken stopping)
        => (await DialWithReportAsync(target, limits, wheel, stopping)).Link;

    /// <summary>As <see cref="DialAsync"/>, and tells what was found on the way.</summary>
    public static async Task<(WebSocketLink Link, DialReport Report)> DialWithReportAsync(
        WebSocketDialTarget target, WebSocketLimits limits, TimerWheel wheel, CancellationToken stopping)
    {
        TimeProvider clock = wheel.Clock;
        long started = clock.GetTimestamp();
        Socket socket = await ConnectAsync(target, stopping);
        Stream stream = new NetworkStream(socket, ownsSocket: true);
        try
        {
            long connected = clock.GetTimestamp();
            if (target.Tls)
            {
                stream = await StageAsync(DialStage.Tls, target, target.TlsTimeout, token => TlsConnector.ConnectAsync(stream, target, token), stopping);
            }

            long secured = clock.GetTimestamp();
            var transport = new StreamTransport(socket, stream);
            await StageAsync(
                DialStage.Upgrade,
                target,
                target.UpgradeTimeout,
                async token =>
                {
                    await UpgradeRequest.SendAsync(stream, transport.Input, target, token);
                    return true;
                },
                stopping);
            DialReport report = Describe(stream as SslStream) with
            {
                RemoteEndPoint = transport.RemoteEndPoint,
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

    // A connection to the server: straight, or through the proxy's tunnel.
    private static async Task<Socket> ConnectAsync(WebSocketDialTarget target, CancellationToken stopping)
    {
        HttpProxy? proxy = null;
        if (target.Proxy.Length > 0 && !HttpProxy.TryParse(target.Proxy, out proxy))
        {
            throw new DialException(DialStage.Proxy, 0, $"{target.Host}:{target.Port}: the proxy's address is not of the form http://host:port");
        }

        string host = proxy?.Host ?? target.Host;
        int port = proxy?.Port ?? target.Port;
        IPAddress[] addresses = await StageAsync(
            DialStage.Resolve, target, target.ConnectTimeout, token => Dns.GetHostAddressesAsync(host, token), stopping);
        Socket socket = await StageAsync(
            DialStage.Connect, target, target.ConnectTimeout, token => TcpConnector.ConnectAsync(addresses, port, token), stopping);
        if (proxy is null)
        {
            return socket;
        }

        try
        {
            HttpHead answer = await StageAsync(
                DialStage.Proxy,
                target,
                target.ConnectTimeout,
                token => proxy.TunnelAsync(new NetworkStream(socket, ownsSocket: false), target.Host, target.Port, token),
                stopping);
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

    // One stage with its timeout; whatever it fails with becomes a DialException that names it.
    private static async Task<T> StageAsync<T>(
        DialStage stage, WebSocketDialTarget target, TimeSpan timeout, Func<CancellationToken, Task<T>> work, CancellationToken stopping)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        late.CancelAfter(timeout);
        try
        {
            return await work(late.Token);
        }
        catch (OperationCanceledException e) when (!stopping.IsCancellationRequested)
        {
            throw Failed($"no answer within {timeout.TotalSeconds:0.###} s", e);
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidDataException or AuthenticationException)
        {
            throw Failed(e.Message, e);
        }

        DialException Failed(string what, Exception inner)
            => new(stage, 0, $"{target.Host}:{target.Port}: {Doing(stage, target)} failed: {what}", inner);
    }

    private static string Doing(DialStage stage, WebSocketDialTarget target) => stage switch
    {
        DialStage.Resolve => "name resolution" + Via(target),
        DialStage.Connect => "TCP connection" + Via(target),
        DialStage.Proxy => "proxy tunnel" + Via(target),
        DialStage.Tls => "TLS handshake",
        _ => "WebSocket handshake",
    };

    private static string Via(WebSocketDialTarget target)
        => HttpProxy.TryParse(target.Proxy, out HttpProxy? proxy) ? $" (proxy {proxy!.Host}:{proxy.Port})" : "";

    private static DialReport Describe(SslStream? tls) => tls is null
        ? new DialReport()
        : new DialReport
        {
            TlsProtocol = tls.SslProtocol.ToString(),
            CipherSuite = tls.NegotiatedCipherSuite.ToString(),
            Alpn = tls.NegotiatedApplicationProtocol.ToString(),
            CertificateSubject = tls.RemoteCertificate?.Subject ?? "",
            CertificateExpires = (tls.RemoteCertificate as System.Security.Cryptography.X509Certificates.X509Certificate2)?.NotAfter,
        };
}
