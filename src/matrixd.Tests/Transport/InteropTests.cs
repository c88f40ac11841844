using System.Net.WebSockets;
using System.Security.Cryptography;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Xunit;
using WebSocketLimits = Matrixd.Transport.WebSocketLimits;

namespace Matrixd.Tests.Transport;

/// <summary>Both roles against the platform's own WebSocket, which was written by others.</summary>
public class InteropTests
{
    private static readonly int[] Sizes = [0, 1, 125, 126, 5_000, 65_535, 65_536, 200_000];
    private static readonly WebSocketLimits Limits = new() { MaxMessageBytes = 1 << 20 };

    [Fact]
    public async Task The_platform_s_client_is_echoed()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        await using TransportServer server = await TransportServer.EchoAsync(Limits);
        using var client = new ClientWebSocket();
        client.Options.DangerousDeflateOptions = new WebSocketDeflateOptions(); // offered, never agreed to
        await client.ConnectAsync(new Uri($"ws://127.0.0.1:{server.Port}/"), late.Token);
        foreach (int size in Sizes)
        {
            byte[] sent = RandomNumberGenerator.GetBytes(size);
            await client.SendAsync(sent.AsMemory(0, size / 2), WebSocketMessageType.Binary, endOfMessage: false, late.Token);
            await client.SendAsync(sent.AsMemory(size / 2), WebSocketMessageType.Binary, endOfMessage: true, late.Token);
            Assert.Equal(sent, await ReceiveAsync(client, late.Token));
        }

        await client.CloseAsync(WebSocketCloseStatus.NormalClosure, "done", late.Token);

        Assert.Equal(WebSocketCloseStatus.NormalClosure, client.CloseStatus);
        Assert.Empty(server.Complaints);
    }

    [Fact]
    public async Task The_platform_s_server_echoes_us()
    {
        await using TransportServer server = await TransportServer.StartAsync(PlatformEchoAsync);
        WebSocketLink link = await WebSocketDialer.DialAsync(server.Target(), Limits, server.Wheel.Wheel, CancellationToken.None);
        var sink = new TransportSink();
        Task run = link.RunAsync(sink);
        foreach (int size in Sizes)
        {
            byte[] sent = RandomNumberGenerator.GetBytes(size);
            Assert.True(link.Send(WebSocketOpcode.Binary, sent));
            link.Flush();
            Assert.Equal(sent, await sink.MessageAsync());
        }

        link.Close(1000, "done");

        await run.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(new WebSocketClose(WebSocketCloseCause.Local, 1000, "done"), await sink.ClosedAsync());
    }

    private static async Task PlatformEchoAsync(HttpContext context, TransportServer server)
    {
        var options = Microsoft.Extensions.Options.Options.Create(new WebSocketOptions());
        var middleware = new Microsoft.AspNetCore.WebSockets.WebSocketMiddleware(
            async inner =>
            {
                using WebSocket socket = await inner.WebSockets.AcceptWebSocketAsync();
                while (await ReceiveAsync(socket, inner.RequestAborted) is { } message)
                {
                    await socket.SendAsync(message, WebSocketMessageType.Binary, true, inner.RequestAborted);
                }

                await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, "", inner.RequestAborted);
            },
            options,
            Microsoft.Extensions.Logging.Abstractions.NullLoggerFactory.Instance);
        await middleware.Invoke(context);
    }

    // Null for a close.
    private static async Task<byte[]?> ReceiveAsync(WebSocket socket, CancellationToken stopping)
    {
        using var message = new MemoryStream();
        byte[] buffer = new byte[4096];
        WebSocketReceiveResult result;
        do
        {
            result = await socket.ReceiveAsync(buffer, stopping);
            message.Write(buffer.AsSpan(0, result.Count));
        }
        while (!result.EndOfMessage);

        return result.MessageType == WebSocketMessageType.Close ? null : message.ToArray();
    }
}
