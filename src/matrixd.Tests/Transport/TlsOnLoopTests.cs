using Matrixd.Tests.Support;
using Matrixd.Transport;
using Matrixd.Transport.Loop;
using Xunit;
using static Matrixd.Tests.Support.TransportTlsRig;

namespace Matrixd.Tests.Transport;

/// <summary>TLS on a loop that has too little room, or is cut up oddly on its way: over real sockets, against OpenSSL.</summary>
public sealed class TlsOnLoopTests : IDisposable
{
    private const int Large = 1 << 20;
    private readonly TransportTlsRig _rig = new();
    private readonly TransportSink _sink = new();

    public void Dispose() => _rig.Dispose();

    // OpenSSL writes nothing while it has half of a message of the handshake's kind: it must be asked again when the rest has come.
    [Fact]
    public async Task What_is_sent_between_two_halves_of_a_ticket_waits_for_the_second()
    {
        TransportTlsPeer peer = _rig.Peer(
            peer =>
            {
                peer.Send([1]);
                Assert.Equal([2], peer.Receive());
                peer.SendTicket();
                peer.Echo();
            },
            new TransportTlsPeer.Options(SmallRecords: true));
        using var relay = new TransportRelay(peer.Port);
        WebSocketLink link = await _rig.LinkAsync(relay.Port, _sink);
        Assert.Equal([1], await _sink.MessageAsync());
        relay.Hold();
        Send(link, [2]);
        await Eventually.TrueAsync(() => relay.HeldRecords >= 5, "a ticket of several records is held back");
        await relay.LetGoAsync(records: 2);
        await _rig.OnLoopAsync(() => 0); // they were there when this was posted
        byte[] message = Bytes(200_000, 4);
        Send(link, message);
        await _rig.OnLoopAsync(() => 0); // it has been tried

        await relay.LetGoAsync();

        Assert.Equal(message, await _sink.MessageAsync());
    }

    [Fact]
    public async Task What_comes_in_one_piece_with_the_handshake_s_last_record_is_delivered_whatever_another_connection_does_meanwhile()
    {
        byte[] first = Bytes(60_000, 5);
        TransportTlsPeer peer = _rig.Peer(
            peer =>
            {
                peer.Send(first);
                peer.Send([9]);
                peer.Echo();
            },
            new TransportTlsPeer.Options(Tls12: true));
        var otherSink = new TransportSink();
        WebSocketLink other = await _rig.LinkAsync(_rig.Peer(peer => peer.Echo()), otherSink);
        using var relay = new TransportRelay(peer.Port) { HoldsFrom = 20 }; // change_cipher_spec; Finished is next
        Task<LoopTransport> dial = _rig.DialAsync(relay.Port);
        await Eventually.TrueAsync(() => relay.HeldBytes > first.Length, "data is held back behind the handshake");

        await relay.LetGoAsync();
        LoopTransport transport = await dial;
        byte[] between = Bytes(50_000, 6);
        Send(other, between);
        Assert.Equal(between, await otherSink.MessageAsync());
        WebSocketLink link = _rig.Run(transport, _sink);

        Assert.Equal(first, await _sink.MessageAsync());
        Assert.Equal([9], await _sink.MessageAsync());
        Send(link, [10]);
        Assert.Equal([10], await _sink.MessageAsync());
    }

    [Fact]
    public async Task What_came_with_the_handshake_s_last_record_is_delivered_even_where_the_stream_has_ended_since()
    {
        byte[] first = Bytes(25_000, 9);
        TransportTlsPeer peer = _rig.Peer(
            peer =>
            {
                peer.Send(first);
                peer.Read(1);
            },
            new TransportTlsPeer.Options(Tls12: true));
        using var relay = new TransportRelay(peer.Port) { HoldsFrom = 20 };
        Task<LoopTransport> dial = _rig.DialAsync(relay.Port);
        await Eventually.TrueAsync(() => relay.HeldBytes > first.Length, "data is held back behind the handshake");

        await relay.LetGoAsync(end: true);
        _rig.Run(await dial, _sink);

        Assert.Equal(first, await _sink.MessageAsync());
        Assert.Equal((WebSocketCloseCause.Lost, null), ((await _sink.ClosedAsync()).Cause, (await _sink.ClosedAsync()).Error));
    }

    [Fact]
    public async Task Data_in_one_piece_with_close_notify_comes_first_and_then_the_end()
    {
        TransportTlsPeer peer = _rig.Peer(peer =>
        {
            peer.Send([1]);
            peer.Receive();
            peer.Send([2]);
            peer.Send([3]);
            peer.SayGoodbye();
            peer.Read(1);
        });
        using var relay = new TransportRelay(peer.Port);
        WebSocketLink link = await _rig.LinkAsync(relay.Port, _sink);
        Assert.Equal([1], await _sink.MessageAsync());
        relay.Hold();
        Send(link, [0]);
        await Eventually.TrueAsync(() => relay.HeldRecords == 3, "two messages and close_notify are held back");

        await relay.LetGoAsync();

        Assert.Equal([2], await _sink.MessageAsync());
        Assert.Equal([3], await _sink.MessageAsync());
        WebSocketClose close = await _sink.ClosedAsync();
        Assert.Equal((WebSocketCloseCause.Lost, (ushort)1006, null), (close.Cause, close.Code, close.Error));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_large_message_through_a_small_buffer_arrives_whole_from_the_loop_s_thread_and_from_another(bool onLoop)
    {
        TransportTlsPeer peer = _rig.Peer(peer =>
        {
            peer.Send([1]);
            peer.Echo();
        });
        byte[] message = Bytes(3 * Large, 7);
        WebSocketLink? link = null;
        using var linked = new ManualResetEventSlim();
        var sink = new TransportSink
        {
            Message = (_, bytes) =>
            {
                if (onLoop && bytes.Length == 1)
                {
                    Await(linked);
                    Send(link!, message);
                }
            },
        };
        LoopTransport transport = await _rig.DialAsync(peer.Port, sendBytes: 4096);
        link = _rig.Run(transport, sink);
        linked.Set();
        Assert.Equal([1], await sink.MessageAsync());
        if (!onLoop)
        {
            Send(link, message);
        }

        Assert.Equal(message, await sink.MessageAsync());
        Assert.Equal(0, link.QueuedBytes);
    }

    [Fact]
    public async Task One_write_may_be_as_large_as_it_likes_and_has_left_us_when_it_ends()
    {
        using var read = new ManualResetEventSlim();
        var got = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        TransportTlsPeer peer = _rig.Peer(
            peer =>
            {
                Await(read);
                got.SetResult(peer.Read(Large));
            },
            new TransportTlsPeer.Options(ReceiveBytes: 8192, SmallRecords: true)); // no ticket that nobody reads: it would make a reset of the end
        LoopTransport transport = await _rig.DialAsync(peer.Port, sendBytes: 4096);
        byte[] bytes = Bytes(Large, 8);

        Task writing = transport.WriteAsync(bytes, CancellationToken.None);
        await _rig.OnLoopAsync(() => 0);
        read.Set();

        await writing.WaitAsync(Patience);
        await transport.CloseAsync();
        Assert.Equal(bytes, await got.Task.WaitAsync(Patience));
    }
}
