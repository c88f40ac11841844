using System.Net;
using System.Net.Sockets;
using System.Text;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>The dial without TLS: what goes on the wire, what is made of the answers, what each stage says when it fails. U15.</summary>
public class DialTests : IDisposable
{
    private readonly TransportWheel _wheel = new();

    public static TheoryData<string, int, string> Refusals => new()
    {
        { "HTTP/1.1 404 Not Found\r\nContent-Length: 12\r\n\r\nno such path", 404, "404 Not Found: no such path" },
        { "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n", 403, "403 Forbidden" },
        { "HTTP/1.1 503\r\n\r\n\r\n  \r\ntry later\r\nand more", 503, "503: try later" },
        { "HTTP/1.1 400 Bad\r\nTransfer-Encoding: chunked\r\n\r\n1a\r\n{\"error\": \"bad\"}\nmore here\r\n0\r\n\r\n", 400, "400 Bad: {\"error\": \"bad\"}" },
        { "HTTP/1.1 429 Slow\u001B[2J Down\r\n\r\n\u0007ring\u001B]0;x\u0007\n", 429, "429 Slow\\u001b[2J Down: \\u0007ring\\u001b]0;x\\u0007" },
        { "HTTP/1.1 200 OK\r\n\r\n", 200, "200 OK" },
        { "HTTP/1.1 500 X\r\n\r\n" + new string('e', 5000), 500, "500 X: " + new string('e', 200) + "…" },
    };

    public static TheoryData<string, string> BadAnswers => new()
    {
        { "HTTP/1.1 101 S\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\n\r\n", "101 without" },
        { "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: {accept}\r\n\r\n", "101 without" },
        { "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n", "wrong Sec-WebSocket-Accept" },
        { "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n", "wrong Sec-WebSocket-Accept" },
        { "HTTP/1.1 101 S\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {accept}\r\nSec-WebSocket-Extensions: permessage-deflate\r\n\r\n", "not asked for" },
        { "SSH-2.0-OpenSSH\r\n\r\n", "not HTTP/1.1: 'SSH-2.0-OpenSSH'" },
        { "HTTP/1.1 101 S\r\nno colon here\r\n\r\n", "malformed header: 'no colon here'" },
        { "HTTP/1.1 101 S\r\nX: " + new string('x', 40_000), "longer than 16384 bytes" },
    };

    public void Dispose()
    {
        _wheel.Dispose();
        GC.SuppressFinalize(this);
    }

    [Fact]
    public async Task The_request_goes_out_as_it_was_given_slash_and_all()
    {
        const string Path = "/ws/google.ai.generativelanguage.v1alpha.GenerativeService.BidiGenerateContentConstrained?access_token=auth_tokens/abc";
        using TransportScript server = Switching();

        WebSocketLink link = await DialAsync(server.Target(Path) with { Headers = [new("User-Agent", "matrixd"), new("X-Two", "2")] });

        link.Abort();
        string[] lines = server.Request.Split("\r\n");
        Assert.Equal($"GET {Path} HTTP/1.1", lines[0]);
        Assert.Equal(
            [$"Host: 127.0.0.1:{server.Port}", "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13", $"Sec-WebSocket-Key: {server.Key}", "User-Agent: matrixd", "X-Two: 2", "", ""],
            lines[1..]);
        Assert.Equal(16, Convert.FromBase64String(server.Key).Length);
    }

    [Fact]
    public async Task Frames_that_came_with_the_101_are_not_lost()
    {
        using TransportScript server = TransportScript.Answer(key => Encoding.Latin1.GetBytes(TransportScript.SwitchingProtocols(key) + "\u0081\u0002hi\u0081\u0003you"));
        WebSocketLink link = await DialAsync(server.Target());
        var sink = new TransportSink();

        Task run = link.RunAsync(sink);

        Assert.Equal("hi", await sink.TextAsync());
        Assert.Equal("you", await sink.TextAsync());
        link.Abort();
        await run.WaitAsync(TimeSpan.FromSeconds(10));
    }

    [Theory]
    [MemberData(nameof(Refusals))]
    public async Task A_refusal_is_told_with_its_status_and_first_line(string answer, int status, string message)
    {
        using TransportScript server = TransportScript.Play(async (script, stream) =>
        {
            await script.ReadRequestAsync(stream);
            await stream.WriteAsync(Encoding.Latin1.GetBytes(answer));
        });

        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(server.Target("/secret")));

        Assert.Equal((DialStage.Upgrade, status), (e.Stage, e.Status));
        Assert.Equal($"127.0.0.1:{server.Port}: no WebSocket: {message}", e.Message);
    }

    [Theory]
    [MemberData(nameof(BadAnswers))]
    public async Task An_answer_that_is_no_handshake_is_refused(string answer, string cause)
    {
        using TransportScript server = TransportScript.Answer(
            key => Encoding.Latin1.GetBytes(answer.Replace("{accept}", TransportScript.AcceptFor(key), StringComparison.Ordinal)));

        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(server.Target("/secret")));

        Assert.Equal(DialStage.Upgrade, e.Stage);
        Assert.Contains(cause, e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_hangs_up_before_its_answer_is_told_as_such()
    {
        using TransportScript server = TransportScript.Play((script, stream) => script.ReadRequestAsync(stream));

        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(server.Target()));

        Assert.Equal($"127.0.0.1:{server.Port}: WebSocket handshake failed: the connection ended before the answer did", e.Message);
    }

    [Fact]
    public async Task A_server_that_never_answers_is_given_up()
    {
        using TransportScript server = TransportScript.Play((script, _) => script.StayAsync());

        DialException e = await Assert.ThrowsAsync<DialException>(
            () => DialAsync(server.Target() with { UpgradeTimeout = TimeSpan.FromMilliseconds(200) }));

        Assert.Equal((DialStage.Upgrade, $"127.0.0.1:{server.Port}: WebSocket handshake failed: no answer within 0.2 s"), (e.Stage, e.Message));
    }

    [Fact]
    public async Task Nobody_there_is_a_failed_connection()
    {
        using var closed = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        closed.Bind(new IPEndPoint(IPAddress.Loopback, 0)); // taken, not listening
        int port = ((IPEndPoint)closed.LocalEndPoint!).Port;

        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(Plain("127.0.0.1", port)));

        Assert.Equal(DialStage.Connect, e.Stage);
        Assert.StartsWith($"127.0.0.1:{port}: TCP connection failed: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_name_that_does_not_resolve_says_so()
    {
        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(Plain("no-such-host.invalid", 443)));

        Assert.Equal(DialStage.Resolve, e.Stage);
        Assert.StartsWith("no-such-host.invalid:443: name resolution failed: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_dial_that_is_called_off_throws_as_cancelled()
    {
        using TransportScript server = TransportScript.Play((script, _) => script.StayAsync());
        using var stopping = new CancellationTokenSource(TimeSpan.FromMilliseconds(100));

        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => WebSocketDialer.DialAsync(server.Target(), new WebSocketLimits(), _wheel.Wheel, stopping.Token));
    }

    [Theory]
    [InlineData("/a b")]
    [InlineData("/a\r\nX-Evil: 1")]
    [InlineData("/ä")]
    public async Task A_request_target_that_would_break_the_request_is_refused(string requestTarget)
    {
        using TransportScript server = TransportScript.Play((script, _) => script.StayAsync());

        await Assert.ThrowsAsync<ArgumentException>(() => DialAsync(server.Target(requestTarget)));
    }

    // U15: a broken IPv6 route, as the resolver puts it first, costs a moment and not the whole timeout.
    [Fact]
    public async Task An_address_that_swallows_everything_does_not_hold_up_the_next()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        IPAddress[] addresses = [IPAddress.Parse("2001:db8::1"), IPAddress.Parse("100::1"), IPAddress.Loopback];

        using Socket socket = await TcpConnector.ConnectAsync(addresses, port, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(IPAddress.Loopback, ((IPEndPoint)socket.RemoteEndPoint!).Address);
    }

    // U15
    [Fact]
    public async Task The_first_address_that_answers_wins()
    {
        using var listener = new TcpListener(IPAddress.Parse("127.0.0.2"), 0);
        listener.Start();
        int port = ((IPEndPoint)listener.LocalEndpoint).Port;
        IPAddress[] addresses = [IPAddress.Parse("192.0.2.1"), IPAddress.Parse("127.0.0.3"), IPAddress.Parse("127.0.0.2")];

        using Socket socket = await TcpConnector.ConnectAsync(addresses, port, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(10));

        Assert.Equal(IPAddress.Parse("127.0.0.2"), ((IPEndPoint)socket.RemoteEndPoint!).Address);
    }

    [Fact]
    public async Task A_socket_is_told_to_notice_a_dead_peer()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();

        using Socket socket = await TcpConnector.ConnectAsync([IPAddress.Loopback], ((IPEndPoint)listener.LocalEndpoint).Port, CancellationToken.None);

        Assert.True(socket.NoDelay);
        Assert.NotEqual(0, (int)socket.GetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive)!);
        Assert.Equal(30, (int)socket.GetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime)!);
        byte[] timeout = new byte[4];
        socket.GetRawSocketOption(6, 18, timeout);
        Assert.Equal(20_000, BitConverter.ToInt32(timeout));
    }

    private static TransportScript Switching() => TransportScript.Answer(key => Encoding.Latin1.GetBytes(TransportScript.SwitchingProtocols(key)));

    private static WebSocketDialTarget Plain(string host, int port) => new() { Host = host, Port = port, Tls = false, RequestTarget = "/", Loop = TransportGround.Loop };

    private Task<WebSocketLink> DialAsync(WebSocketDialTarget target)
        => WebSocketDialer.DialAsync(target, new WebSocketLimits(), _wheel.Wheel, CancellationToken.None);
}
