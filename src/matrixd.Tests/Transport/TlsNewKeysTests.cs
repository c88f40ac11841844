using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;
using static Matrixd.Tests.Support.TransportTlsRig;

namespace Matrixd.Tests.Transport;

/// <summary>A peer may ask for new keys whenever it likes, and the answer is ours to send whatever else is under way. Source: RFC 8446 §4.6.3.</summary>
public sealed class TlsNewKeysTests : IDisposable
{
    private readonly TransportTlsRig _rig = new();
    private readonly TransportSink _sink = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_peer_that_asks_for_new_keys_while_nothing_is_sent_gets_them_and_both_directions_go_on()
    {
        TransportTlsPeer peer = _rig.Peer(peer =>
        {
            for (int i = 0; i < 5; i++)
            {
                peer.AskForNewKeys();
                peer.Send([(byte)i]);
                Assert.Equal([(byte)(i + 100)], peer.Receive());
            }

            peer.AskForNewKeys();
            peer.AskForNewKeys();
            peer.Send([5]);
            peer.Echo();
        });
        WebSocketLink link = await _rig.LinkAsync(peer, _sink);
        for (int i = 0; i < 5; i++)
        {
            Assert.Equal([(byte)i], await _sink.MessageAsync());
            Send(link, [(byte)(i + 100)]);
        }

        Assert.Equal([5], await _sink.MessageAsync());
        byte[] last = Bytes(100_000, 1);
        Send(link, last);

        Assert.Equal(last, await _sink.MessageAsync());
    }

    [Fact]
    public async Task A_peer_that_asks_for_new_keys_while_a_write_waits_gets_them_behind_it()
    {
        using var asked = new ManualResetEventSlim();
        using var read = new ManualResetEventSlim();
        var got = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        TransportTlsPeer peer = _rig.Peer(
            peer =>
            {
                Await(asked);
                for (int i = 0; i < 20; i++)
                {
                    peer.AskForNewKeys();
                }

                peer.Send([42]);
                Await(read);
                got.SetResult(peer.Receive());
                peer.Echo();
            },
            new TransportTlsPeer.Options(ReceiveBytes: 8192));
        WebSocketLink link = await _rig.LinkAsync(peer, _sink, sendBytes: 4096);
        byte[] message = Bytes(1 << 20, 2);
        Send(link, message);
        await _rig.WaitsAsync(link);

        asked.Set();
        Assert.Equal([42], await _sink.MessageAsync());
        await _rig.WaitsAsync(link);
        read.Set();

        Assert.Equal(message, await got.Task.WaitAsync(Patience));
        Send(link, [1, 2, 3]);
        Assert.Equal([1, 2, 3], await _sink.MessageAsync());
    }

    [Fact]
    public async Task A_peer_that_asks_for_new_keys_without_end_and_reads_nothing_is_given_up()
    {
        int updates = 0;
        TransportTlsPeer peer = _rig.Peer(
            peer =>
            {
                while (true)
                {
                    peer.AskForNewKeys();
                    updates++;
                }
            },
            new TransportTlsPeer.Options(ReceiveBytes: 8192));
        await _rig.LinkAsync(peer, _sink, sendBytes: 4096);

        WebSocketClose close = await _sink.ClosedAsync();

        Assert.Equal((WebSocketCloseCause.Lost, "the peer does not read"), (close.Cause, close.Error?.Message));
        await Assert.ThrowsAsync<IOException>(() => peer.Played);
        Assert.InRange(updates, 5000, 100_000); // 256 KiB of answers, and what the two kernels hold
    }

    // OpenSSL keeps the last answer for what is sent next, as it may; the others must find their way by themselves. Each is so long: record head, message,
    // type of content, tag.
    [Fact]
    public async Task Answers_that_have_to_wait_leave_with_nothing_sent_behind_them()
    {
        const int Updates = 4000, UpdateBytes = 5 + 5 + 1 + 16;
        TransportTlsPeer peer = _rig.Peer(
            peer =>
            {
                for (int i = 0; i < Updates; i++)
                {
                    peer.AskForNewKeys();
                }

                byte[] buffer = new byte[4096];
                for (int heard = 0; heard < (Updates - 1) * UpdateBytes;)
                {
                    int count = peer.Raw.Receive(buffer);
                    Assert.NotEqual(0, count);
                    heard += count;
                }
            },
            new TransportTlsPeer.Options(ReceiveBytes: 8192));
        await _rig.LinkAsync(peer, _sink, sendBytes: 4096);

        await peer.Played;
    }

    [Fact]
    public async Task Answers_that_have_to_wait_leave_when_the_peer_reads_and_so_does_what_is_sent_behind_them()
    {
        using var stuck = new ManualResetEventSlim();
        using var read = new ManualResetEventSlim();
        TransportTlsPeer peer = _rig.Peer(
            peer =>
            {
                for (int i = 0; i < 4000; i++)
                {
                    peer.AskForNewKeys();
                }

                peer.Send([7]);
                stuck.Set();
                Await(read);
                peer.Echo();
            },
            new TransportTlsPeer.Options(ReceiveBytes: 8192));
        WebSocketLink link = await _rig.LinkAsync(peer, _sink, sendBytes: 4096);
        Assert.Equal([7], await _sink.MessageAsync());
        byte[] message = Bytes(5000, 3);
        Send(link, message);

        read.Set();

        Assert.Equal(message, await _sink.MessageAsync());
        Send(link, [8]);
        Assert.Equal([8], await _sink.MessageAsync());
    }
}
