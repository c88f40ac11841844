using System.Security.Cryptography;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>Both roles against each other over a loopback socket.</summary>
public class EchoTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(4096)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(200_000)]
    public async Task A_message_comes_back_as_it_went(int size)
    {
        var limits = new WebSocketLimits { MaxMessageBytes = 1 << 20 };
        await using TransportServer server = await TransportServer.EchoAsync(limits);
        WebSocketLink link = await WebSocketDialer.DialAsync(server.Target(), limits, server.Wheel.Wheel, CancellationToken.None);
        var sink = new TransportSink();
        Task run = link.RunAsync(sink);
        byte[] sent = RandomNumberGenerator.GetBytes(size);

        Assert.True(link.Send(WebSocketOpcode.Binary, sent));
        link.Flush();

        Assert.Equal(sent, await sink.MessageAsync());
        link.Close(1000, "done");
        await run.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(new WebSocketClose(WebSocketCloseCause.Local, 1000, "done"), await sink.ClosedAsync());
        Assert.Equal(1, sink.Closes);
        Assert.Empty(server.Complaints);
    }
}
