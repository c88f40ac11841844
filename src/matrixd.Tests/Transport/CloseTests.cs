using System.Diagnostics;
using Matrixd.Tests.Support;
using Matrixd.Timing;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>How links end: every order of closes, vanished peers, aborts, faults of the sink.</summary>
public class CloseTests
{
    [Fact]
    public async Task The_client_s_close_is_local_here_and_the_peer_s_there()
    {
        await using TransportPair pair = await TransportPair.OpenAsync();
        pair.Client.Send(WebSocketOpcode.Text, "last words"u8);

        pair.Client.Close(1001, "going");

        Assert.Equal("last words", await pair.ServerSink.TextAsync());
        Assert.Equal(new WebSocketClose(WebSocketCloseCause.Peer, 1001, "going"), await pair.ServerSink.ClosedAsync());
        Assert.Equal(new WebSocketClose(WebSocketCloseCause.Local, 1001, "going"), await pair.ClientSink.ClosedAsync());
        await pair.Run;
        Assert.Empty(pair.Complaints);
    }

    [Fact]
    public async Task The_server_s_close_is_local_there_and_the_peer_s_here()
    {
        await using TransportPair pair = await TransportPair.OpenAsync();
        pair.Server.Send(WebSocketOpcode.Text, "last words"u8);

        pair.Server.Close(1008, "नमस्ते");

        Assert.Equal("last words", await pair.ClientSink.TextAsync());
        Assert.Equal(new WebSocketClose(WebSocketCloseCause.Peer, 1008, "नमस्ते"), await pair.ClientSink.ClosedAsync());
        Assert.Equal(new WebSocketClose(WebSocketCloseCause.Local, 1008, "नमस्ते"), await pair.ServerSink.ClosedAsync());
        Assert.Empty(pair.Complaints);
    }

    [Fact]
    public async Task Closes_that_cross_end_both_sides_once()
    {
        await using TransportPair pair = await TransportPair.OpenAsync();

        pair.Server.Close(1000, "s");
        pair.Client.Close(1000, "c");

        WebSocketClose server = await pair.ServerSink.ClosedAsync();
        WebSocketClose client = await pair.ClientSink.ClosedAsync();
        Assert.True(server.Cause is WebSocketCloseCause.Local, server.ToString());
        Assert.True(client.Cause is WebSocketCloseCause.Local or WebSocketCloseCause.Peer, client.ToString());
        Assert.Equal(1, pair.ServerSink.Closes);
        Assert.Equal(1, pair.ClientSink.Closes);
        Assert.Empty(pair.Complaints);
    }

    [Fact]
    public async Task After_close_nothing_is_sent_and_nothing_delivered()
    {
        await using TransportServer server = await TransportServer.StartAsync(
            link => new TransportSink { Message = (_, _) => link.Close(1000, "enough") });
        using RawWebSocket client = await RawWebSocket.OpenAsync(server.Port);
        var sink = new TransportSink();
        WebSocketLink other = await WebSocketDialer.DialAsync(server.Target(), new WebSocketLimits(), server.Wheel.Wheel, CancellationToken.None);

        other.Close(1000, "");
        Assert.False(other.Send(WebSocketOpcode.Text, "late"u8));
        await other.RunAsync(sink).WaitAsync(TimeSpan.FromSeconds(10));
        await client.SendAsync([.. RawWebSocket.Text("one"), .. RawWebSocket.Text("two"), .. RawWebSocket.Frame(9, [])]);

        Assert.Equal("close:1000", await client.HearAllAsync());
    }

    [Fact]
    public async Task A_close_that_is_not_answered_is_cut_after_its_timeout()
    {
        var time = new VirtualTime();
        var wheel = new TimerWheel(time);
        var sink = new TransportSink();
        await using TransportServer server = await TransportServer.StartAsync(
            link =>
            {
                link.Close(1001, "drain");
                return sink;
            },
            wheel: wheel);
        using RawWebSocket client = await RawWebSocket.OpenAsync(server.Port);
        Assert.Equal("close:1001", await client.HearAsync());
        await client.SendAsync(RawWebSocket.Text("still talking, and never a close frame"));

        time.Advance(TimeSpan.FromSeconds(2.1));
        wheel.Advance();

        Assert.Equal("end", await client.HearAsync());
        WebSocketClose close = await sink.ClosedAsync();
        Assert.Equal((WebSocketCloseCause.Aborted, (ushort)1001, "drain"), (close.Cause, close.Code, close.Reason));
        Assert.IsType<TimeoutException>(close.Error);
        Assert.False(sink.HasMessage);
        Assert.Empty(server.Complaints);
    }

    [Fact]
    public async Task A_peer_that_ends_without_a_close_frame_is_lost()
    {
        var sink = new TransportSink();
        await using TransportServer server = await TransportServer.StartAsync(_ => sink);
        using (RawWebSocket client = await RawWebSocket.OpenAsync(server.Port))
        {
            await client.SendAsync(RawWebSocket.Text("hello"));
            Assert.Equal("hello", await sink.TextAsync());
        }

        Assert.Equal(new WebSocketClose(WebSocketCloseCause.Lost, 1006, ""), await sink.ClosedAsync());
        Assert.Empty(server.Complaints);
    }

    [Fact]
    public async Task A_peer_that_resets_is_lost_with_the_system_s_error()
    {
        var sink = new TransportSink();
        await using TransportServer server = await TransportServer.StartAsync(_ => sink);
        using (RawWebSocket client = await RawWebSocket.OpenAsync(server.Port))
        {
            await client.SendAsync(RawWebSocket.Text("hello"));
            Assert.Equal("hello", await sink.TextAsync());
            client.Socket.Close(0);
        }

        WebSocketClose close = await sink.ClosedAsync();
        Assert.Equal((WebSocketCloseCause.Lost, (ushort)1006), (close.Cause, close.Code));
        Assert.NotNull(close.Error);
        Assert.Empty(server.Complaints);
    }

    [Fact]
    public async Task Abort_cuts_at_once_and_from_any_thread()
    {
        await using TransportPair pair = await TransportPair.OpenAsync();

        pair.Server.Abort();
        pair.Server.Abort();

        Assert.Equal(new WebSocketClose(WebSocketCloseCause.Aborted, 1006, ""), await pair.ServerSink.ClosedAsync());
        Assert.Equal(WebSocketCloseCause.Lost, (await pair.ClientSink.ClosedAsync()).Cause);
        Assert.False(pair.Server.Send(WebSocketOpcode.Text, "x"u8));
        pair.Server.Close(1000, "too late");
        pair.Server.Flush();
        Assert.Empty(pair.Complaints);
    }

    [Fact]
    public async Task Abort_of_the_client_is_told_as_such()
    {
        await using TransportPair pair = await TransportPair.OpenAsync();

        pair.Client.Abort();

        Assert.Equal(WebSocketCloseCause.Aborted, (await pair.ClientSink.ClosedAsync()).Cause);
        Assert.Equal(WebSocketCloseCause.Lost, (await pair.ServerSink.ClosedAsync()).Cause);
        Assert.Empty(pair.Complaints);
    }

    [Fact]
    public async Task A_sink_that_throws_ends_its_own_link_and_is_told_so()
    {
        var sink = new TransportSink { Message = (_, _) => throw new InvalidOperationException("bug") };
        await using TransportPair pair = await TransportPair.OpenAsync(clientSink: sink);

        pair.Server.Send(WebSocketOpcode.Text, "x"u8);
        pair.Server.Flush();

        WebSocketClose close = await sink.ClosedAsync();
        await pair.Run;
        Assert.Equal((WebSocketCloseCause.Aborted, (ushort)1006, "bug"), (close.Cause, close.Code, close.Error?.Message));
        Assert.Equal(1, sink.Closes);
        Assert.Equal(WebSocketCloseCause.Lost, (await pair.ServerSink.ClosedAsync()).Cause);
    }

    [Fact]
    public async Task A_sink_that_throws_over_the_peer_s_close_is_not_hidden_by_it()
    {
        var sink = new TransportSink { BatchEnd = () => throw new InvalidOperationException("bug") };
        await using TransportServer server = await TransportServer.StartAsync(_ => sink);
        using RawWebSocket client = await RawWebSocket.OpenAsync(server.Port);

        await client.SendAsync(RawWebSocket.Close(1001, "bye"));

        WebSocketClose close = await sink.ClosedAsync();
        Assert.Equal((WebSocketCloseCause.Aborted, (ushort)1001, "bug"), (close.Cause, close.Code, close.Error?.Message));
        Assert.Empty(server.Complaints);
    }

    [Fact]
    public async Task A_violation_is_told_with_its_code_and_words()
    {
        var sink = new TransportSink();
        await using TransportServer server = await TransportServer.StartAsync(_ => sink);
        using RawWebSocket client = await RawWebSocket.OpenAsync(server.Port);

        await client.SendAsync(RawWebSocket.Frame(1, "a"u8.ToArray(), mask: false));

        Assert.Equal("close:1002", await client.HearAllAsync());
        Assert.Equal(new WebSocketClose(WebSocketCloseCause.Violation, 1002, "frame from a client is not masked"), await sink.ClosedAsync());
    }

    [Fact]
    public async Task A_reason_too_long_is_cut_between_two_letters()
    {
        await using TransportPair pair = await TransportPair.OpenAsync();

        pair.Server.Close(1000, new string('म', 100)); // three bytes each

        Assert.Equal(new string('म', 41), (await pair.ClientSink.ClosedAsync()).Reason);
    }

    [Fact]
    public async Task Messages_that_came_together_are_one_batch()
    {
        var sink = new TransportSink();
        await using TransportServer server = await TransportServer.StartAsync(_ => sink);
        using RawWebSocket client = await RawWebSocket.OpenAsync(server.Port);

        await client.SendAsync([.. Enumerable.Range(0, 20).SelectMany(_ => RawWebSocket.Text("x"))]);
        for (int i = 0; i < 20; i++)
        {
            await sink.MessageAsync();
        }

        await client.SendAsync(RawWebSocket.Close(1000));
        await sink.ClosedAsync();
        Assert.InRange(sink.Batches, 2, 10);
    }

    [Fact]
    public async Task A_flood_after_a_violation_is_not_read_for_long()
    {
        var sink = new TransportSink();
        var limits = new WebSocketLimits { CloseTimeout = TimeSpan.FromSeconds(30) };
        await using TransportServer server = await TransportServer.StartAsync(_ => sink, limits);
        using RawWebSocket client = await RawWebSocket.OpenAsync(server.Port);
        await client.SendAsync(RawWebSocket.Frame(3, []));

        byte[] flood = RawWebSocket.Frame(2, new byte[1 << 20]);
        var clock = Stopwatch.StartNew();
        await Assert.ThrowsAnyAsync<IOException>(async () =>
        {
            while (clock.Elapsed < TimeSpan.FromSeconds(20))
            {
                await client.SendAsync(flood);
            }
        });

        Assert.Equal((ushort)1002, (await sink.ClosedAsync()).Code);
    }
}
