using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>Sends over real sockets to peers that read late, or never. H7.</summary>
public class SlowPeerTests
{
    private const int BlockBytes = 32 * 1024;

    [Fact]
    public async Task What_was_taken_before_the_queue_was_full_arrives_whole_and_in_order()
    {
        await using TransportAccepted call = await TransportAccepted.OpenAsync(new WebSocketLimits { SendTimeout = TimeSpan.FromMinutes(1), CloseTimeout = TimeSpan.FromMinutes(1) });
        int taken = SendUntilRefused(call.Link);
        call.Link.Close(1001, "end");

        for (int i = 0; i < taken; i++)
        {
            (int opcode, byte[] payload) = (await call.Client.ReadFrameAsync())!.Value;
            Assert.Equal((2, BlockBytes, (byte)i), (opcode, payload.Length, payload[^1]));
        }

        Assert.Equal("close:1001", await call.Client.HearAllAsync());
        Assert.Equal(new WebSocketClose(WebSocketCloseCause.Local, 1001, "end"), await call.Sink.ClosedAsync());
        Assert.Empty(call.Server.Complaints);
    }

    [Fact]
    public async Task A_peer_that_takes_nothing_is_cut()
    {
        await using TransportAccepted call = await TransportAccepted.OpenAsync(new WebSocketLimits { SendTimeout = TimeSpan.FromMilliseconds(300) });

        await SendUntilClosedAsync(call.Link, call.Sink);

        WebSocketClose close = await call.Sink.ClosedAsync();
        Assert.Equal(WebSocketCloseCause.Aborted, close.Cause);
        Assert.IsType<TimeoutException>(close.Error);
        Assert.Empty(call.Server.Complaints);
    }

    [Fact]
    public async Task A_server_that_takes_nothing_is_cut_by_the_client()
    {
        using TransportScript peer = TransportScript.Deaf();
        using var wheel = new TransportWheel();
        WebSocketLink link = await WebSocketDialer.DialAsync(
            peer.Target(), new WebSocketLimits { SendTimeout = TimeSpan.FromMilliseconds(300) }, wheel.Wheel, CancellationToken.None);
        var sink = new TransportSink();
        Task run = link.RunAsync(sink);

        await SendUntilClosedAsync(link, sink);

        Assert.IsType<TimeoutException>((await sink.ClosedAsync()).Error);
        await run.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Empty(wheel.Faults);
    }

    [Fact]
    public async Task An_abort_ends_a_write_that_hangs()
    {
        await using TransportAccepted call = await TransportAccepted.OpenAsync();
        SendUntilRefused(call.Link);

        call.Link.Abort();

        Assert.Equal(new WebSocketClose(WebSocketCloseCause.Aborted, 1006, ""), await call.Sink.ClosedAsync());
        Assert.Empty(call.Server.Complaints);
    }

    [Fact]
    public async Task A_ping_flood_that_is_not_read_costs_a_bounded_queue()
    {
        await using TransportAccepted call = await TransportAccepted.OpenAsync(new WebSocketLimits { SendTimeout = TimeSpan.FromMinutes(1) });
        byte[] flood = [.. Enumerable.Range(0, 500).SelectMany(_ => RawWebSocket.Frame(9, new byte[125]))];
        for (int i = 0; i < 200; i++)
        {
            await call.Client.SendAsync(flood);
            Assert.InRange(call.Link.QueuedBytes, 0, 8192);
        }

        await call.Client.SendAsync([.. RawWebSocket.Frame(9, "last"u8.ToArray()), .. RawWebSocket.Text("done")]);
        string heard = await call.Client.HearAsync();
        int pongs = 0;
        while (heard != "pong:last")
        {
            Assert.StartsWith("pong:125", heard, StringComparison.Ordinal);
            pongs++;
            heard = await call.Client.HearAsync();
        }

        Assert.InRange(pongs, 1, 100_000);
    }

    [Fact]
    public async Task Sends_from_many_threads_never_mix()
    {
        await using TransportPair pair = await TransportPair.OpenAsync();
        Task[] senders = [.. Enumerable.Range(0, 4).Select(sender => Task.Run(() =>
        {
            byte[] message = [.. Enumerable.Repeat((byte)sender, 100 + (sender * 300))];
            for (int i = 0; i < 300; i++)
            {
                Assert.True(pair.Client.Send(WebSocketOpcode.Binary, message));
                pair.Client.Flush();
            }
        }))];
        await Task.WhenAll(senders);

        int[] counts = new int[4];
        for (int i = 0; i < 1200; i++)
        {
            byte[] message = await pair.ServerSink.MessageAsync();
            Assert.Equal(100 + (message[0] * 300), message.Length);
            Assert.All(message, b => Assert.Equal(message[0], b));
            counts[message[0]]++;
        }

        Assert.Equal([300, 300, 300, 300], counts);
    }

    [Fact]
    public async Task Only_whole_messages_and_short_pings_are_sent()
    {
        await using TransportPair pair = await TransportPair.OpenAsync();

        Assert.Throws<ArgumentException>(() => pair.Client.Send(WebSocketOpcode.Close, default));
        Assert.Throws<ArgumentException>(() => pair.Client.Send(WebSocketOpcode.Continuation, default));
        Assert.Throws<ArgumentException>(() => pair.Client.Send(WebSocketOpcode.Ping, new byte[126]));
    }

    // Each block ends with its number.
    private static int SendUntilRefused(WebSocketLink link)
    {
        byte[] block = new byte[BlockBytes];
        int taken = 0;
        while (link.Send(WebSocketOpcode.Binary, block))
        {
            link.Flush();
            block[^1] = (byte)++taken;
        }

        return taken;
    }

    // The kernel takes some megabytes before a write hangs: as much as it likes is sent.
    private static async Task SendUntilClosedAsync(WebSocketLink link, TransportSink sink)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        Task<WebSocketClose> closed = sink.ClosedAsync();
        while (!closed.IsCompleted)
        {
            SendUntilRefused(link);
            await pace.WaitForNextTickAsync();
        }
    }
}
