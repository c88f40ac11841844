using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>The dial through an HTTP CONNECT proxy.</summary>
public class ProxyDialTests : IDisposable
{
    private readonly TransportWheel _wheel = new();

    public void Dispose()
    {
        _wheel.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_tunnel_carries_the_whole_dial(bool tls)
    {
        using var certificates = new TransportCertificates();
        using X509Certificate2 certificate = certificates.Localhost();
        await using TransportServer server = await TransportServer.EchoAsync(certificate: tls ? certificate : null);
        using TransportScript proxy = Tunnel(server.Port);

        WebSocketLink link = await DialAsync(
            server.Target(host: "localhost", caFile: tls ? certificates.CaFile : "") with { Proxy = $"http://u%3A1:p%40ss@127.0.0.1:{proxy.Port}" });

        var sink = new TransportSink();
        Task run = link.RunAsync(sink);
        link.Send(WebSocketOpcode.Text, "through"u8);
        link.Flush();
        Assert.Equal("through", await sink.TextAsync());
        link.Close(1000, "");
        await run.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(
            $"CONNECT localhost:{server.Port} HTTP/1.1\r\nHost: localhost:{server.Port}\r\nProxy-Authorization: Basic {Convert.ToBase64String("u:1:p@ss"u8)}\r\n\r\n",
            proxy.Request);
    }

    [Fact]
    public async Task A_proxy_that_refuses_is_named_without_its_password()
    {
        using TransportScript proxy = TransportScript.Play(async (script, stream) =>
        {
            await script.ReadRequestAsync(stream);
            await stream.WriteAsync("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"u8.ToArray());
            await script.StayAsync();
        });

        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(Target($"http://user:hunter2@127.0.0.1:{proxy.Port}")));

        Assert.Equal((DialStage.Proxy, 407), (e.Stage, e.Status));
        Assert.Equal($"gemini.example:443: proxy 127.0.0.1:{proxy.Port} refused the tunnel: 407 Proxy Authentication Required", e.Message);
        Assert.DoesNotContain("hunter2", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_proxy_that_speaks_ahead_is_refused()
    {
        using TransportScript proxy = TransportScript.Play(async (script, stream) =>
        {
            await script.ReadRequestAsync(stream);
            await stream.WriteAsync("HTTP/1.1 200 OK\r\n\r\nHTTP/1.1 101 Switching"u8.ToArray());
            await script.StayAsync();
        });

        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(Target($"http://127.0.0.1:{proxy.Port}")));

        Assert.Equal(DialStage.Proxy, e.Stage);
    }

    [Fact]
    public async Task A_proxy_that_is_not_there_is_named()
    {
        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(Target("http://127.0.0.1:1")));

        Assert.Equal(DialStage.Connect, e.Stage);
        Assert.StartsWith("gemini.example:443: TCP connection (proxy 127.0.0.1:1) failed: ", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("proxy:3128")]
    [InlineData("https://proxy:3128")]
    [InlineData("http://user:hunter2@proxy:3128/path")]
    public async Task A_proxy_address_of_another_form_is_refused(string proxy)
    {
        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(Target(proxy)));

        Assert.Equal("gemini.example:443: the proxy's address is not of the form http://host:port", e.Message);
    }

    private static TransportScript Tunnel(int port) => TransportScript.Play(async (script, stream) =>
    {
        await script.ReadRequestAsync(stream);
        using var server = new TcpClient("127.0.0.1", port);
        await stream.WriteAsync(Encoding.ASCII.GetBytes("HTTP/1.1 200 Connection established\r\n\r\n"));
        NetworkStream there = server.GetStream();
        Task up = stream.CopyToAsync(there);
        Task down = there.CopyToAsync(stream);
        await Task.WhenAny(up, down);
        stream.Close();
        there.Close();
        await Task.WhenAll(up, down).ContinueWith(static both => both.Exception, TaskScheduler.Default); // seen: one of them fails, as the other's end does it
    });

    private static WebSocketDialTarget Target(string proxy) => new()
    {
        Host = "gemini.example",
        Port = 443,
        Tls = true,
        RequestTarget = "/",
        Proxy = proxy,
        Loop = TransportGround.Loop,
    };

    private Task<WebSocketLink> DialAsync(WebSocketDialTarget target)
        => WebSocketDialer.DialAsync(target, new WebSocketLimits(), _wheel.Wheel, CancellationToken.None);
}
