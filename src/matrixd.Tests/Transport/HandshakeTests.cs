using System.Text;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>The server's half of the opening handshake, by raw requests. P6, H14.</summary>
public class HandshakeTests(ProtocolTests.EchoServer echo) : IClassFixture<ProtocolTests.EchoServer>
{
    private const string Good = "Upgrade: websocket\r\nConnection: Upgrade\r\n";
    private const string Version = "Sec-WebSocket-Version: 13\r\n";
    private const string Key = $"Sec-WebSocket-Key: {RawWebSocket.Key}\r\n";
    private readonly TransportServer _server = echo.Server;

    public static TheoryData<string, string, string> Cases => new()
    {
        { "GET / HTTP/1.1", Good + Version + Key, "101" },
        { "GET /any/path?query=1 HTTP/1.1", Good + Version + Key, "101" },
        { "GET / HTTP/1.1", "upgrade: WebSocket\r\nconnection: upgrade\r\nsec-websocket-version: 13\r\nsec-websocket-key: " + RawWebSocket.Key + "\r\n", "101" },
        { "GET / HTTP/1.1", "UPGRADE: WEBSOCKET\r\nCONNECTION: UPGRADE\r\n" + Version + Key, "101" },
        { "GET / HTTP/1.1", "Upgrade: websocket\r\nConnection: keep-alive, Upgrade\r\n" + Version + Key, "101" },
        { "GET / HTTP/1.1", "Upgrade: websocket\r\nConnection: keep-alive\r\nConnection: Upgrade\r\n" + Version + Key, "101" },
        { "GET / HTTP/1.1", Good + Version + Key + "Origin: http://elsewhere\r\n", "101" },
        { "GET / HTTP/1.1", Good + Version, "400" },
        { "GET / HTTP/1.1", Good + Version + "Sec-WebSocket-Key: \r\n", "400" },
        { "GET / HTTP/1.1", Good + Version + "Sec-WebSocket-Key: c2hvcnQ=\r\n", "400" },
        { "GET / HTTP/1.1", Good + Version + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZXh4\r\n", "400" },
        { "GET / HTTP/1.1", Good + Version + "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!!!\r\n", "400" },
        { "GET / HTTP/1.1", Good + Version + Key + Key, "400" },
        { "GET / HTTP/1.1", Good + Key, "426 Sec-WebSocket-Version: 13" },
        { "GET / HTTP/1.1", Good + Key + "Sec-WebSocket-Version: 8\r\n", "426 Sec-WebSocket-Version: 13" },
        { "GET / HTTP/1.1", Good + Key + "Sec-WebSocket-Version: 14\r\n", "426 Sec-WebSocket-Version: 13" },
        { "GET / HTTP/1.1", Good + Key + "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Version: 13\r\n", "426 Sec-WebSocket-Version: 13" },
        { "GET / HTTP/1.1", "", "426 Upgrade: websocket" },
        { "GET / HTTP/1.1", "Upgrade: websocket\r\n" + Version + Key, "426 Upgrade: websocket" },
        { "GET / HTTP/1.1", "Upgrade: websocket\r\nConnection: keep-alive\r\n" + Version + Key, "426 Upgrade: websocket" },
        { "GET / HTTP/1.1", "Connection: Upgrade\r\n" + Version + Key, "426 Upgrade: websocket" },
        { "GET / HTTP/1.1", "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABkAAQAAP__\r\n", "426 Upgrade: websocket" },
        { "GET / HTTP/1.0", Good + Version + Key, "426 Upgrade: websocket" },
        { "POST / HTTP/1.1", Good + Version + Key, "405 Allow: GET" },
        { "PUT / HTTP/1.1", "Content-Length: 0\r\n", "405 Allow: GET" },
        { "DELETE / HTTP/1.1", "", "405 Allow: GET" },
        { "GET / HTTP/1.1", Good + Version + Key + "Content-Length: 5\r\n", "400" },
        { "GET / HTTP/1.1", Good + Version + Key + "Transfer-Encoding: chunked\r\n", "400" },
        { "GET / HTTP/2.0", "", "505" },
        { "nonsense", "", "400" },
        { "GET /" + new string('a', 9_000) + " HTTP/1.1", Good + Version + Key, "414" },
        { "GET / HTTP/1.1", Good + Version + Key + "X-Long: " + new string('a', 40_000) + "\r\n", "431" },
    };

    [Theory]
    [MemberData(nameof(Cases))]
    public async Task Each_request_gets_its_status(string line, string headers, string expected)
    {
        using RawWebSocket client = await RawWebSocket.ConnectAsync(_server.Port);
        await client.SendAsync(Encoding.Latin1.GetBytes($"{line}\r\nHost: localhost\r\n{headers}\r\n"));

        string head = await client.ReadHeadAsync();

        Assert.StartsWith($"HTTP/1.1 {expected[..3]} ", head, StringComparison.Ordinal);
        Assert.Contains(expected[3..].Trim(), head, StringComparison.Ordinal);
        Assert.Empty(_server.Complaints);
    }

    [Fact]
    public async Task The_answer_is_the_RFC_s_and_agrees_to_nothing_that_was_offered()
    {
        using RawWebSocket client = await RawWebSocket.OpenAsync(
            _server.Port, extra: "Sec-WebSocket-Extensions: permessage-deflate; client_max_window_bits\r\nSec-WebSocket-Protocol: chat\r\n");

        Assert.Contains("\r\nSec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n", client.Head, StringComparison.Ordinal);
        Assert.Contains("\r\nUpgrade: websocket\r\n", client.Head, StringComparison.Ordinal);
        Assert.Contains("\r\nConnection: Upgrade\r\n", client.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("Extensions", client.Head, StringComparison.Ordinal);
        Assert.DoesNotContain("Protocol:", client.Head, StringComparison.Ordinal);
    }
}
