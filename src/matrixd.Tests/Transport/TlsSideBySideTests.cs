using System.Net;
using System.Net.Sockets;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Matrixd.Transport.Loop;
using Xunit;
using static Matrixd.Tests.Support.TransportTlsRig;

namespace Matrixd.Tests.Transport;

/// <summary>TLS connections of one loop work in the same memory, one after the other: nothing of one may reach another.</summary>
public sealed class TlsSideBySideTests : IDisposable
{
    private readonly TransportTlsRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task One_peer_that_reads_nothing_and_one_that_sends_rubbish_disturb_no_other()
    {
        using var read = new ManualResetEventSlim();
        var got = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        TransportTlsPeer deaf = _rig.Peer(
            peer =>
            {
                Await(read);
                got.SetResult(peer.Receive());
                peer.Echo();
            },
            new TransportTlsPeer.Options(ReceiveBytes: 8192));
        TransportTlsPeer echo = _rig.Peer(peer => peer.Echo());
        TransportSink deafSink = new(), echoSink = new();
        WebSocketLink deafLink = await _rig.LinkAsync(deaf, deafSink, sendBytes: 4096);
        WebSocketLink echoLink = await _rig.LinkAsync(echo, echoSink);
        byte[] held = Bytes(1 << 20, 1);
        Send(deafLink, held);

        for (int i = 0; i < 8; i++)
        {
            byte[] message = Bytes(300_000 + i, 2 + i);
            Send(echoLink, message);
            await GarbleAsync(rubbish: i % 2 == 0 ? 30_000 : 24);
            Assert.Equal(message, await echoSink.MessageAsync());
        }

        Assert.True(deafLink.QueuedBytes > 0);
        read.Set();
        Assert.Equal(held, await got.Task.WaitAsync(Patience));
        Send(deafLink, [1, 2]);
        Assert.Equal([1, 2], await deafSink.MessageAsync());
        Send(echoLink, [3]);
        Assert.Equal([3], await echoSink.MessageAsync());
        Assert.DoesNotContain(_rig.Owner.Heard, what => !what.Contains("stalled", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Many_at_once_with_messages_of_all_sizes_hear_each_its_own()
    {
        (WebSocketLink Link, TransportSink Sink)[] all = new (WebSocketLink, TransportSink)[6];
        for (int i = 0; i < all.Length; i++)
        {
            var sink = new TransportSink();
            all[i] = (await _rig.LinkAsync(_rig.Peer(peer => peer.Echo()), sink, sendBytes: i % 2 == 0 ? 4096 : 0), sink);
        }

        await Task.WhenAll(all.Select((one, number) => Task.Run(async () =>
        {
            var random = new Random(number);
            for (int i = 0; i < 40; i++)
            {
                byte[] message = Bytes(random.Next(4) == 0 ? random.Next(200_000) : random.Next(3000), (number * 1000) + i);
                Send(one.Link, message);
                Assert.Equal(message, await one.Sink.MessageAsync());
            }
        })));
    }

    // More records than leave the shared memory in one piece, and the first piece finds nobody.
    [Fact]
    public async Task A_write_that_fails_halfway_leaves_nothing_for_another_connection_to_send()
    {
        using var go = new ManualResetEventSlim();
        TransportSink goneSink = new(), echoSink = new();
        TransportTlsPeer gone = _rig.Peer(peer =>
        {
            Await(go);
            peer.Raw.Close(0);
        });
        WebSocketLink goneLink = await _rig.LinkAsync(gone, goneSink);
        WebSocketLink echoLink = await _rig.LinkAsync(_rig.Peer(peer => peer.Echo()), echoSink);
        Send(echoLink, [1]);
        Assert.Equal([1], await echoSink.MessageAsync());

        await _rig.OnLoopAsync(() =>
        {
            go.Set();
            Assert.True(gone.Played.Wait(Patience)); // reset: the write finds it before a read does
            Send(goneLink, Bytes(200_000, 1));
            Send(echoLink, [2]); // written next, in the same round
            return 0;
        });

        Assert.Equal([2], await echoSink.MessageAsync());
        Assert.Equal(WebSocketCloseCause.Lost, (await goneSink.ClosedAsync()).Cause);
    }

    // A goodbye, a handshake that fails, a peer that has gone: each leaves the memory as it found it.
    [Fact]
    public async Task However_a_connection_ends_the_next_begins_with_nothing_of_it()
    {
        var echoSink = new TransportSink();
        WebSocketLink echo = await _rig.LinkAsync(_rig.Peer(peer => peer.Echo()), echoSink);
        for (int i = 0; i < 6; i++)
        {
            var sink = new TransportSink();
            using TransportScript noServer = TransportScript.Play(async (_, stream) =>
            {
                await stream.ReadExactlyAsync(new byte[64]);
                await stream.WriteAsync(Bytes(40_000, i)); // no TLS at all
            });
            switch (i % 3)
            {
                case 0:
                    (await _rig.LinkAsync(_rig.Peer(peer => peer.Echo()), sink)).Close(1000, "");
                    break;
                case 1:
                    await Assert.ThrowsAsync<DialException>(() => _rig.DialAsync(noServer.Port));
                    break;
                default:
                    TransportTlsPeer gone = _rig.Peer(peer => peer.Write(new byte[] { 0x82, 126, 0x40, 0, 1, 2, 3 })); // the rest of the message never comes
                    await _rig.LinkAsync(gone, sink);
                    await gone.Played;
                    gone.Dispose();
                    await sink.ClosedAsync();
                    break;
            }

            byte[] message = Bytes(70_000, 50 + i);
            Send(echo, message);
            Assert.Equal(message, await echoSink.MessageAsync());
        }
    }

    // Read with so little room that records are left over, each session in its turn.
    [Fact]
    public async Task A_session_that_is_read_with_little_room_keeps_the_rest_to_itself()
    {
        byte[][] sent = [Bytes(100_000, 1), Bytes(100_000, 2)];
        (Socket Socket, TlsSession Session, List<byte> Got)[] ends = new (Socket, TlsSession, List<byte>)[2];
        for (int i = 0; i < 2; i++)
        {
            byte[] bytes = sent[i];
            TransportTlsPeer peer = _rig.Peer(peer =>
            {
                peer.Write(bytes);
                peer.Read(1);
            });
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            socket.Connect(IPAddress.Loopback, peer.Port);
            socket.Blocking = false;
            ends[i] = (socket, _rig.NewSession(peer.Port), []);
        }

        foreach ((Socket socket, TlsSession session, _) in ends)
        {
            int fd = (int)socket.Handle;
            await Eventually.TrueAsync(async () => await _rig.OnLoopAsync(() => session.Handshake(fd, out _, out _)) == IoResult.Done, "hands are shaken");
        }

        bool[] pending = new bool[2];
        await Eventually.TrueAsync(
            async () =>
            {
                for (int i = 0; i < 200; i++)
                {
                    (Socket socket, TlsSession session, List<byte> got) = ends[i % 2];
                    await _rig.OnLoopAsync(() => ReadSome(session, (int)socket.Handle, got, ref pending[i % 2]));
                }

                return ends[0].Got.Count >= sent[0].Length && ends[1].Got.Count >= sent[1].Length;
            },
            "everything has come",
            Patience);

        Assert.Equal(sent[0], ends[0].Got);
        Assert.Equal(sent[1], ends[1].Got);
        await _rig.OnLoopAsync(() =>
        {
            foreach ((Socket socket, TlsSession session, _) in ends)
            {
                session.SayGoodbye((int)socket.Handle);
                session.Dispose();
                socket.Dispose();
            }

            return 0;
        });
    }

    private static bool ReadSome(TlsSession session, int fd, List<byte> got, ref bool pending)
    {
        byte[] buffer = new byte[700];
        IoResult result = session.Read(fd, buffer, out int count, out pending, out Exception? error);
        Assert.True(result != IoResult.Failed, error?.Message);
        got.AddRange(buffer.AsSpan(0, count));
        return pending;
    }

    // A connection that is broken by a bad record, with more behind it than OpenSSL looks at.
    private async Task GarbleAsync(int rubbish)
    {
        using var begin = new ManualResetEventSlim();
        TransportTlsPeer peer = _rig.Peer(peer =>
        {
            Await(begin);
            peer.Raw.Send([.. Convert.FromHexString("170303001800112233445566778899AABBCCDDEEFF0011223344556677"), .. Bytes(rubbish, rubbish)]);
            peer.Raw.Receive(new byte[1]); // until the client has gone
        });
        var sink = new TransportSink();
        await _rig.LinkAsync(peer, sink);
        begin.Set();
        WebSocketClose close = await sink.ClosedAsync();
        Assert.Equal(WebSocketCloseCause.Lost, close.Cause);
        Assert.StartsWith("TLS: ", close.Error?.Message, StringComparison.Ordinal);
    }
}
