using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>TLS that goes wrong on the wire: old versions, alerts, ends without a goodbye. U14.</summary>
public class TlsFaultTests : IDisposable
{
    private readonly TransportCertificates _certificates = new();
    private readonly TransportWheel _wheel = new();

    /// <summary>What a server answers that is older than TLS 1.2. Source: RFC 4346 §7.4.1.3, RFC 5246 §7.2.</summary>
    public static TheoryData<string> OldServers => new()
    {
        // ServerHello: TLS 1.1, ECDHE_RSA_WITH_AES_128_CBC_SHA
        "160302002A020000260302" + new string('5', 64) + "00C01300",
        "15030200020246", // alert: fatal, protocol_version
    };

    public void Dispose()
    {
        _certificates.Dispose();
        _wheel.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [MemberData(nameof(OldServers))]
    public async Task Nothing_older_than_TLS_1_2_is_spoken(string answer)
    {
        using TransportScript server = TransportScript.Play(async (script, stream) =>
        {
            await stream.ReadExactlyAsync(new byte[64]); // of the ClientHello
            await stream.WriteAsync(Convert.FromHexString(answer));
            await script.StayAsync();
        });

        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(server.Port));

        Assert.Equal(DialStage.Tls, e.Stage);
        Assert.StartsWith($"localhost:{server.Port}: TLS failed: {OldServerWords}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_hangs_up_in_the_handshake_is_told_as_such()
    {
        using TransportScript server = TransportScript.Play(async (_, stream) => await stream.ReadExactlyAsync(new byte[64]));

        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(server.Port));

        Assert.Equal(DialStage.Tls, e.Stage);
        Assert.StartsWith($"localhost:{server.Port}: TLS ", e.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1")]
    [InlineData("localhost")]
    public async Task A_name_or_address_must_stand_in_the_certificate(string host)
    {
        using X509Certificate2 certificate = _certificates.OtherHost();
        using TransportScript server = Tls(certificate, (script, _) => script.StayAsync());

        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(server.Port, host));

        Assert.Equal((DialStage.Tls, $"{host}:{server.Port}: TLS failed: the certificate is for elsewhere.example, not for {host}"), (e.Stage, e.Message));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task An_end_without_close_notify_is_a_lost_connection_and_what_came_before_it_counts(bool reset)
    {
        using X509Certificate2 certificate = _certificates.Localhost();
        var heard = new TaskCompletionSource();
        using TransportScript server = Tls(certificate, async (_, tls) =>
        {
            await tls.WriteAsync(new byte[] { 0x81, 2, (byte)'h', (byte)'i' });
            await heard.Task; // else a reset could overtake it
        }, reset);
        WebSocketLink link = await DialAsync(server.Port);
        var sink = new TransportSink();
        Task run = link.RunAsync(sink);

        Assert.Equal("hi", await sink.TextAsync());
        heard.SetResult();

        WebSocketClose close = await sink.ClosedAsync();
        await run.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal((WebSocketCloseCause.Lost, (ushort)1006), (close.Cause, close.Code));
    }

    [Fact]
    public async Task A_garbled_record_ends_the_connection_with_an_error()
    {
        using X509Certificate2 certificate = _certificates.Localhost();
        using TransportScript server = Tls(certificate, async (script, tls) =>
        {
            await tls.ReadExactlyAsync(new byte[1]); // the dial is over: what comes now is the connection's
            await script.Raw!.WriteAsync(Convert.FromHexString("170303001800112233445566778899AABBCCDDEEFF0011223344556677"));
            await script.StayAsync();
        });
        WebSocketLink link = await DialAsync(server.Port);
        var sink = new TransportSink();
        Task run = link.RunAsync(sink);
        link.Send(WebSocketOpcode.Text, "x"u8);
        link.Flush();

        WebSocketClose close = await sink.ClosedAsync();
        await run.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(WebSocketCloseCause.Lost, close.Cause);
        Assert.NotNull(close.Error);
    }

    [Fact]
    public async Task A_large_message_in_many_records_and_pieces_arrives_whole()
    {
        using X509Certificate2 certificate = _certificates.Localhost();
        byte[] message = [.. Enumerable.Range(0, 300_000).Select(i => (byte)(i * 31))];
        byte[] frame = [0x82, 127, 0, 0, 0, 0, (byte)(message.Length >> 24), (byte)(message.Length >> 16), (byte)(message.Length >> 8), (byte)message.Length, .. message];
        using TransportScript server = Tls(certificate, async (script, tls) =>
        {
            int at = 0;
            for (int size = 1; at < frame.Length; size = (size * 3) + 1)
            {
                int piece = Math.Min(size, frame.Length - at);
                await tls.WriteAsync(frame.AsMemory(at, piece));
                at += piece;
            }

            await script.StayAsync();
        });
        WebSocketLink link = await DialAsync(server.Port);
        var sink = new TransportSink();
        Task run = link.RunAsync(sink);

        Assert.Equal(message, await sink.MessageAsync());

        link.Abort();
        await run.WaitAsync(TimeSpan.FromSeconds(10));
    }

    /// <summary>How an old server is told; the portable way has the system's words.</summary>
    protected virtual string OldServerWords => "";

    private static TransportScript Tls(X509Certificate2 certificate, Func<TransportScript, Stream, Task> then, bool reset = false)
        => TransportScript.Play(async (script, stream) =>
        {
            using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate });
            await script.ReadRequestAsync(tls);
            await tls.WriteAsync(Encoding.ASCII.GetBytes(TransportScript.SwitchingProtocols(script.Key)));
            await then(script, tls);
            if (reset)
            {
                ((System.Net.Sockets.NetworkStream)stream).Socket.Close(0);
            }
            else
            {
                ((System.Net.Sockets.NetworkStream)stream).Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
                await script.StayAsync();
            }
        });

    private Task<WebSocketLink> DialAsync(int port, string host = "localhost") => WebSocketDialer.DialAsync(
        new WebSocketDialTarget { Host = host, Port = port, Tls = true, RequestTarget = "/", CaFile = _certificates.CaFile, Loop = TransportGround.Loop },
        new WebSocketLimits { MaxMessageBytes = 1 << 20 },
        _wheel.Wheel,
        CancellationToken.None);
}
