using System.Text;
using Matrixd.Tests.Support;
using Matrixd.Timing;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>The sending half over a transport whose writes end when the test says, in virtual time.</summary>
public class SendQueueTests
{
    private readonly VirtualTime _time = new();
    private readonly TimerWheel _wheel;
    private readonly TransportFake _transport = new();
    private readonly TransportSink _sink = new();

    public SendQueueTests() => _wheel = new TimerWheel(_time);

    [Fact]
    public void Frames_wait_for_the_flush_and_leave_in_one_write()
    {
        WebSocketLink link = Link();
        link.Send(WebSocketOpcode.Text, "a"u8);
        link.Send(WebSocketOpcode.Text, "b"u8);
        Assert.Equal(6, link.QueuedBytes);
        Assert.Equal(0, _transport.Writes);

        link.Flush();
        link.Flush();

        Assert.Equal("\u0081\u0001a\u0081\u0001b", Written());
        Assert.Equal(1, _transport.Writes);
        Assert.Equal(0, link.QueuedBytes);
    }

    [Fact]
    public void What_is_sent_during_a_write_leaves_together_after_it()
    {
        WebSocketLink link = Link();
        _transport.Hold = true;
        link.Send(WebSocketOpcode.Text, "a"u8);
        link.Flush();
        link.Send(WebSocketOpcode.Text, "b"u8);
        link.Flush();
        link.Send(WebSocketOpcode.Text, "c"u8);
        link.Flush();
        Assert.Equal("\u0081\u0001a", Written());
        Assert.Equal(9, link.QueuedBytes);

        _transport.EndHeldWrite();

        Assert.Equal("\u0081\u0001a\u0081\u0001b\u0081\u0001c", Written());
        Assert.Equal(2, _transport.Writes);
    }

    [Fact]
    public void A_full_queue_refuses_and_takes_again_once_a_write_has_ended()
    {
        WebSocketLink link = Link(new WebSocketLimits { SendQueueBytes = 30 });
        _transport.Hold = true;
        Assert.True(link.Send(WebSocketOpcode.Binary, new byte[18])); // 20 with its head
        link.Flush();
        Assert.False(link.Send(WebSocketOpcode.Binary, new byte[9]));
        Assert.True(link.Send(WebSocketOpcode.Binary, new byte[8]));
        Assert.False(link.Send(WebSocketOpcode.Binary, default));
        Assert.Equal(30, link.QueuedBytes);

        _transport.EndHeldWrite();

        Assert.True(link.Send(WebSocketOpcode.Binary, new byte[18]));
    }

    [Fact]
    public void A_close_frame_finds_room_in_a_full_queue()
    {
        WebSocketLink link = Link(new WebSocketLimits { SendQueueBytes = 4 });
        link.Send(WebSocketOpcode.Text, "ab"u8);
        Assert.False(link.Send(WebSocketOpcode.Text, default));

        link.Close(1001, "x");

        Assert.Equal("\u0081\u0002ab\u0088\u0003\u0003\u00E9x", Written());
    }

    [Fact]
    public void A_long_backlog_leaves_in_chunks()
    {
        WebSocketLink link = Link();
        byte[] message = [.. Enumerable.Range(0, 200_000).Select(i => (byte)i)];
        link.Send(WebSocketOpcode.Binary, message);

        link.Flush();

        Assert.Equal(4, _transport.Writes); // 64 KiB each
        Assert.Equal(message, _transport.Output.Skip(10));
    }

    [Fact]
    public async Task A_write_without_progress_is_cut_after_the_send_timeout_and_one_with_progress_is_not()
    {
        WebSocketLink link = Link(new WebSocketLimits { SendTimeout = TimeSpan.FromSeconds(5) });
        Task run = link.RunAsync(_sink);
        _transport.Hold = true;
        link.Send(WebSocketOpcode.Binary, new byte[640_000]);
        link.Flush();
        for (int i = 0; i < 8; i++)
        {
            Advance(4);
            _transport.EndHeldWrite();
        }

        Assert.False(_transport.Aborted);
        Advance(11);

        Assert.True(_transport.Aborted);
        await run.WaitAsync(TimeSpan.FromSeconds(10));
        WebSocketClose close = await _sink.ClosedAsync();
        Assert.Equal(WebSocketCloseCause.Aborted, close.Cause);
        Assert.Equal("192.0.2.1:4242 has taken nothing for 5 s", close.Error?.Message);
        Assert.True(_transport.Closed);
    }

    [Fact]
    public async Task A_failed_write_still_lets_the_peer_say_why_it_went()
    {
        WebSocketLink link = Link();
        Task run = link.RunAsync(_sink);
        _transport.Hold = true;
        link.Send(WebSocketOpcode.Text, "a"u8);
        link.Flush();
        _transport.EndHeldWrite(new IOException("broken pipe"));
        Assert.False(link.Send(WebSocketOpcode.Text, "b"u8));

        await _transport.ReceiveAsync(RawWebSocket.Close(1011, "quota"));

        await run.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(new WebSocketClose(WebSocketCloseCause.Peer, 1011, "quota"), await _sink.ClosedAsync());
    }

    [Fact]
    public async Task A_failed_write_with_no_last_word_is_a_lost_link()
    {
        WebSocketLink link = Link(new WebSocketLimits { CloseTimeout = TimeSpan.FromSeconds(2) });
        Task run = link.RunAsync(_sink);
        _transport.Hold = true;
        link.Send(WebSocketOpcode.Text, "a"u8);
        link.Flush();
        _transport.EndHeldWrite(new IOException("broken pipe"));

        Advance(3);

        await run.WaitAsync(TimeSpan.FromSeconds(10));
        WebSocketClose close = await _sink.ClosedAsync();
        Assert.Equal((WebSocketCloseCause.Lost, (ushort)1006, "broken pipe"), (close.Cause, close.Code, close.Error?.Message));
    }

    [Fact]
    public async Task Pings_beyond_the_backlog_are_answered_by_the_latest_alone()
    {
        WebSocketLink link = Link();
        Task run = link.RunAsync(_sink);
        _transport.Hold = true;
        byte[] pings = [.. Enumerable.Range(0, 1000).SelectMany(i => RawWebSocket.Frame(9, Encoding.ASCII.GetBytes($"{i:d4}{new string('.', 100)}")))];
        await _transport.ReceiveAsync([.. pings, .. RawWebSocket.Text("done")]);
        Assert.Equal("done", await _sink.TextAsync());
        Assert.InRange(link.QueuedBytes, 4096, 4400);

        await _transport.HeldAsync(); // the flush follows the batch on another thread
        _transport.Hold = false;
        _transport.EndHeldWrite();

        string written = Written();
        Assert.Contains("0000...", written, StringComparison.Ordinal);
        Assert.DoesNotContain("0500...", written, StringComparison.Ordinal);
        Assert.Contains("0999...", written, StringComparison.Ordinal);
        link.Abort();
        await run;
    }

    [Fact]
    public async Task Pings_go_out_on_time_and_unanswered_ones_close_nothing()
    {
        WebSocketLink link = Link(new WebSocketLimits { PingInterval = TimeSpan.FromSeconds(30) });
        Task run = link.RunAsync(_sink);

        Advance(29);
        Assert.Equal("", Written());
        Advance(300);

        Assert.Equal(string.Concat(Enumerable.Repeat("\u0089\0", 10)), Written());
        Assert.False(_transport.Aborted);
        link.Abort();
        await run.WaitAsync(TimeSpan.FromSeconds(10));
        Advance(100);
        Assert.Equal(20, _transport.Output.Count);
    }

    [Fact]
    public void A_client_masks_each_frame_with_a_mask_of_its_own()
    {
        var link = new PipeWebSocketLink(_transport, isServer: false, new WebSocketLimits(), _wheel);
        link.Send(WebSocketOpcode.Text, "abcd"u8);
        link.Send(WebSocketOpcode.Text, "abcd"u8);
        link.Flush();

        byte[] written = [.. _transport.Output];
        Assert.Equal([0x81, 0x84], written[..2]);
        Assert.Equal("abcd"u8.ToArray(), written[6..10].Select((b, i) => (byte)(b ^ written[2 + i])));
        Assert.NotEqual(written[2..6], written[12..16]);
    }

    [Fact]
    public async Task A_close_is_cut_when_the_peer_is_deaf()
    {
        WebSocketLink link = Link(new WebSocketLimits { CloseTimeout = TimeSpan.FromSeconds(2) });
        Task run = link.RunAsync(_sink);

        link.Close(1000, "bye");
        Advance(1.9);
        Assert.False(_transport.Aborted);
        Advance(0.2);

        Assert.True(_transport.Aborted);
        await run.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal("192.0.2.1:4242 did not end the connection within 2 s", (await _sink.ClosedAsync()).Error?.Message);
    }

    private PipeWebSocketLink Link(WebSocketLimits? limits = null) => new(_transport, isServer: true, limits ?? new WebSocketLimits(), _wheel);

    private string Written() => Encoding.Latin1.GetString([.. _transport.Output]);

    private void Advance(double seconds)
    {
        for (double t = 0; t < seconds; t += 0.1)
        {
            _time.Advance(TimeSpan.FromSeconds(0.1));
            _wheel.Advance();
        }
    }
}
