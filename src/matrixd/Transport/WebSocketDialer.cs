using System.Net;
using Matrixd.Timing;
using Matrixd.Transport.Loop;

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
        IDialGround ground = target.Loop is { } loop ? new LoopDialGround(loop) : SocketDialGround.Instance;
        LinkTransport transport = await ConnectAsync(target, ground, stages);
        try
        {
            long connected = clock.GetTimestamp();
            DialReport report = new();
            if (target.Tls)
            {
                LinkTransport plain = transport;
                (transport, report) = await stages.RunAsync(DialStage.Tls, target.TlsTimeout, token => ground.SecureAsync(plain, target, token));
            }

            long secured = clock.GetTimestamp();
            LinkTransport open = transport;
            await stages.RunAsync(DialStage.Upgrade, target.UpgradeTimeout, token => UpgradeRequest.SendAsync(open, target, token));
            report = report with
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
            await transport.CloseAsync();
            throw;
        }
    }

    /// <summary>Goes as far as TLS and hangs up, for diagnosis: the server is asked nothing.</summary>
    /// <exception cref="DialException">It did not come so far; says at which stage.</exception>
    public static async Task<DialReport> ProbeAsync(WebSocketDialTarget target, TimeProvider clock, CancellationToken stopping)
    {
        var stages = new DialStages(target, stopping);
        long started = clock.GetTimestamp();
        SocketDialGround ground = SocketDialGround.Instance;
        LinkTransport transport = await ConnectAsync(target, ground, stages);
        try
        {
            long connected = clock.GetTimestamp();
            DialReport report = new();
            if (target.Tls)
            {
                LinkTransport plain = transport;
                (transport, report) = await stages.RunAsync(DialStage.Tls, target.TlsTimeout, token => ground.SecureAsync(plain, target, token));
            }

            return report with
            {
                RemoteEndPoint = transport.RemoteEndPoint,
                Connect = clock.GetElapsedTime(started, connected),
                Tls = clock.GetElapsedTime(connected),
            };
        }
        finally
        {
            await transport.CloseAsync();
        }
    }

    // A connection to the server: straight, or through the proxy's tunnel.
    private static async Task<LinkTransport> ConnectAsync(WebSocketDialTarget target, IDialGround ground, DialStages stages)
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
        LinkTransport transport = await stages.RunAsync(
            DialStage.Connect, target.ConnectTimeout, token => ground.ConnectAsync(addresses, port, token));
        if (proxy is null)
        {
            return transport;
        }

        try
        {
            HttpHead answer = await stages.RunAsync(
                DialStage.Proxy,
                target.ConnectTimeout,
                token => proxy.TunnelAsync(transport, target.Host, target.Port, token));
            return answer.Status is >= 200 and < 300
                ? transport
                : throw new DialException(
                    DialStage.Proxy, answer.Status, $"{target.Host}:{target.Port}: proxy {host}:{port} refused the tunnel: {answer.Status} {PeerText.Escape(answer.Reason)}");
        }
        catch
        {
            await transport.CloseAsync();
            throw;
        }
    }
}
