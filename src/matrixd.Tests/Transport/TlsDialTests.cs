using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>The dial over TLS: http/1.1 alone, certificates verified, nothing older than 1.2. U14.</summary>
public class TlsDialTests : IDisposable
{
    private const string Secret = "/ws?access_token=auth_tokens/secret";
    private readonly TransportCertificates _certificates = new();
    private readonly TransportWheel _wheel = new();

    public void Dispose()
    {
        _certificates.Dispose();
        _wheel.Dispose();
        GC.SuppressFinalize(this);
    }

    [Theory]
    [InlineData("localhost")]
    [InlineData("127.0.0.1")]
    public async Task A_trusted_server_is_talked_to(string host)
    {
        using X509Certificate2 certificate = _certificates.Localhost();
        await using TransportServer server = await TransportServer.EchoAsync(certificate: certificate);

        (WebSocketLink link, DialReport report) = await WebSocketDialer.DialWithReportAsync(
            server.Target(caFile: _certificates.CaFile, host: host), new WebSocketLimits(), _wheel.Wheel, CancellationToken.None);

        Assert.Equal("http/1.1", report.Alpn);
        Assert.StartsWith("Tls1", report.TlsProtocol, StringComparison.Ordinal);
        Assert.Equal("CN=localhost", report.CertificateSubject);
        Assert.Equal($"127.0.0.1:{server.Port}", report.RemoteEndPoint);
        var sink = new TransportSink();
        Task run = link.RunAsync(sink);
        foreach (int size in new[] { 1, 1000, 16_384, 60_000 })
        {
            byte[] message = [.. Enumerable.Range(0, size).Select(i => (byte)i)];
            Assert.True(link.Send(WebSocketOpcode.Binary, message));
            link.Flush();
            Assert.Equal(message, await sink.MessageAsync());
        }

        link.Close(1000, "");
        await run.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.Equal(WebSocketCloseCause.Local, (await sink.ClosedAsync()).Cause);
        Assert.Empty(server.Complaints);
    }

    [Fact]
    public async Task Every_way_a_link_ends_leaves_Kestrel_s_TLS_quiet()
    {
        using X509Certificate2 certificate = _certificates.Localhost();
        foreach (Action<TransportPair> end in new Action<TransportPair>[]
        {
            pair => pair.Server.Close(1000, ""), pair => pair.Client.Close(1000, ""), pair => pair.Server.Abort(), pair => pair.Client.Abort(),
        })
        {
            await using TransportPair pair = await TransportPair.OpenAsync(certificate: certificate, caFile: _certificates.CaFile);
            end(pair);
            await pair.ServerSink.ClosedAsync();
            await pair.ClientSink.ClosedAsync();
            Assert.Empty(pair.Complaints);
        }
    }

    [Fact]
    public async Task Only_http11_is_offered_and_a_server_that_prefers_h2_gives_it()
    {
        using X509Certificate2 certificate = _certificates.Localhost();
        var negotiated = new TaskCompletionSource<SslApplicationProtocol>();
        using TransportScript server = TransportScript.Play(async (script, stream) =>
        {
            var recorder = new TransportRecorder(stream);
            using var tls = new SslStream(recorder);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions
            {
                ServerCertificate = certificate,
                ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
            });
            negotiated.SetResult(tls.NegotiatedApplicationProtocol);
            Assert.Equal(["http/1.1"], recorder.OfferedProtocols());
            await script.ReadRequestAsync(tls);
            await tls.WriteAsync(System.Text.Encoding.ASCII.GetBytes(TransportScript.SwitchingProtocols(script.Key)));
            await script.StayAsync();
        });

        WebSocketLink link = await DialAsync(Target(server.Port));

        Assert.Equal(SslApplicationProtocol.Http11, await negotiated.Task);
        link.Abort();
    }

    [Fact]
    public async Task A_server_without_ALPN_is_accepted()
    {
        using X509Certificate2 certificate = _certificates.Localhost();
        using TransportScript server = Tls(certificate, protocols: null);

        WebSocketLink link = await DialAsync(Target(server.Port));

        link.Abort();
    }

    [Fact]
    public async Task A_server_that_speaks_h2_alone_is_refused()
    {
        using X509Certificate2 certificate = _certificates.Localhost();
        using TransportScript server = Tls(certificate, [SslApplicationProtocol.Http2]);

        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(Target(server.Port)));

        Assert.Equal(DialStage.Alpn, e.Stage);
        Assert.Equal($"localhost:{server.Port}: the server does not speak http/1.1, which a WebSocket needs", e.Message);
    }

    [Fact]
    public void A_negotiated_h2_is_refused_by_name()
    {
        DialException e = Assert.Throws<DialException>(() => TlsConnector.CheckAlpn(SslApplicationProtocol.Http2, Target(443)));

        Assert.Equal(DialStage.Alpn, e.Stage);
        Assert.Equal("localhost:443: the server insists on 'h2', a WebSocket needs http/1.1", e.Message);
        TlsConnector.CheckAlpn(SslApplicationProtocol.Http11, Target(443));
        TlsConnector.CheckAlpn(default, Target(443));
    }

    [Theory]
    [InlineData("expired", "TLS failed: the certificate expired on 20")]
    [InlineData("from tomorrow", "TLS failed: the certificate is not valid before 20")]
    [InlineData("other host", "the certificate is for elsewhere.example, not for localhost")]
    [InlineData("self-signed", "no known root stands above 'CN=localhost'")]
    [InlineData("for clients", "not meant for a server")]
    public async Task A_bad_certificate_is_refused_with_its_cause(string kind, string cause)
    {
        using X509Certificate2 certificate = kind switch
        {
            "expired" => _certificates.Expired(),
            "from tomorrow" => _certificates.FromTomorrow(),
            "other host" => _certificates.OtherHost(),
            "self-signed" => TransportCertificates.SelfSigned(),
            _ => _certificates.ForClients(),
        };
        using TransportScript server = Tls(certificate, [SslApplicationProtocol.Http11]);

        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(Target(server.Port)));

        Assert.Equal(DialStage.Tls, e.Stage);
        Assert.Contains(cause, e.Message, StringComparison.Ordinal);
        Assert.StartsWith($"localhost:{server.Port}: ", e.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", e.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_the_extra_root_the_system_s_alone_decide()
    {
        using X509Certificate2 certificate = _certificates.Localhost();
        using TransportScript server = Tls(certificate, [SslApplicationProtocol.Http11]);

        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(Target(server.Port) with { CaFile = "" }));

        Assert.Contains("no known root stands above 'CN=Test Root'; set ca_file", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_root_of_somebody_else_s_does_not_help()
    {
        using var others = new TransportCertificates();
        using X509Certificate2 certificate = _certificates.Localhost();
        using TransportScript server = Tls(certificate, [SslApplicationProtocol.Http11]);

        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(Target(server.Port) with { CaFile = others.CaFile }));

        Assert.Equal(DialStage.Tls, e.Stage);
    }

    [Fact]
    public async Task A_ca_file_that_is_missing_or_empty_is_named()
    {
        using TransportScript server = TransportScript.Play((script, _) => script.StayAsync());
        string empty = Path.GetTempFileName();

        DialException missing = await Assert.ThrowsAsync<DialException>(() => DialAsync(Target(server.Port) with { CaFile = "/nonexistent/ca.pem" }));

        Assert.Contains("ca_file /nonexistent/ca.pem cannot be read", missing.Message, StringComparison.Ordinal);
        using TransportScript second = TransportScript.Play((script, _) => script.StayAsync());
        DialException blank = await Assert.ThrowsAsync<DialException>(() => DialAsync(Target(second.Port) with { CaFile = empty }));
        Assert.Contains("holds no certificate", blank.Message, StringComparison.Ordinal);
        File.Delete(empty);
    }

    [Fact]
    public async Task A_server_that_is_silent_in_TLS_is_given_up()
    {
        using TransportScript server = TransportScript.Play((script, _) => script.StayAsync());

        DialException e = await Assert.ThrowsAsync<DialException>(
            () => DialAsync(Target(server.Port) with { TlsTimeout = TimeSpan.FromMilliseconds(200) }));

        Assert.Equal(DialStage.Tls, e.Stage);
        Assert.Equal($"localhost:{server.Port}: TLS handshake failed: no answer within 0.2 s", e.Message);
    }

    // A ServerHello of TLS 1.1, byte by byte: the libraries of today do not make one any more. Sent to a client that offered 1.2 and 1.3.
    [Fact]
    public async Task A_server_that_speaks_TLS_1_1_alone_is_refused_and_nothing_is_asked_of_it()
    {
        byte[] hello = [0x16, 0x03, 0x02, 0x00, 0x2A, 0x02, 0x00, 0x00, 0x26, 0x03, 0x02, .. new byte[32], 0x00, 0xC0, 0x13, 0x00];
        byte[] answer = [];
        using TransportScript server = TransportScript.Play(async (_, stream) =>
        {
            byte[] heard = new byte[4096];
            await stream.ReadAtLeastAsync(heard, 5);
            await stream.WriteAsync(hello);
            int read = await stream.ReadAsync(heard);
            answer = heard[..read];
        });

        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(Target(server.Port)));

        Assert.Equal(DialStage.Tls, e.Stage);
        Assert.True(answer.Length == 0 || answer[0] == 0x15, "an alert, or the end: no key exchange and no request");
    }

    // Cut off without close_notify: what has come is delivered, and the end is told as a loss, which an attacker could also have made.
    [Fact]
    public async Task An_end_in_the_middle_without_close_notify_is_a_loss()
    {
        using X509Certificate2 certificate = _certificates.Localhost();
        using TransportScript server = TransportScript.Play(async (script, stream) =>
        {
            var tls = new SslStream(stream, leaveInnerStreamOpen: true);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate });
            await script.ReadRequestAsync(tls);
            await tls.WriteAsync(System.Text.Encoding.ASCII.GetBytes(TransportScript.SwitchingProtocols(script.Key)));
            await tls.WriteAsync(new byte[] { 0x81, 0x02, (byte)'h', (byte)'i', 0x81, 0x05, (byte)'h', (byte)'a' }); // one message, and half of the next
            await tls.FlushAsync();
            stream.Close();
        });

        WebSocketLink link = await DialAsync(Target(server.Port));
        var sink = new TransportSink();
        await link.RunAsync(sink).WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal("hi", await sink.TextAsync());
        WebSocketClose close = await sink.ClosedAsync();
        Assert.Equal((WebSocketCloseCause.Lost, (ushort)1006), (close.Cause, close.Code));
    }

    [Fact]
    public async Task A_server_that_speaks_no_TLS_is_told_as_such()
    {
        using TransportScript server = TransportScript.Play(async (script, stream) =>
        {
            await stream.WriteAsync("HTTP/1.1 400 Bad Request\r\n\r\n"u8.ToArray());
            await script.StayAsync();
        });

        DialException e = await Assert.ThrowsAsync<DialException>(() => DialAsync(Target(server.Port)));

        Assert.Equal(DialStage.Tls, e.Stage);
    }

    private static TransportScript Tls(X509Certificate2 certificate, List<SslApplicationProtocol>? protocols)
        => TransportScript.Play(async (script, stream) =>
        {
            using var tls = new SslStream(stream);
            await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate, ApplicationProtocols = protocols });
            await script.ReadRequestAsync(tls);
            await tls.WriteAsync(System.Text.Encoding.ASCII.GetBytes(TransportScript.SwitchingProtocols(script.Key)));
            await script.StayAsync();
        });

    private WebSocketDialTarget Target(int port) => new()
    {
        Host = "localhost",
        Port = port,
        Tls = true,
        RequestTarget = Secret,
        CaFile = _certificates.CaFile,
        Loop = TransportGround.Loop,
    };

    private Task<WebSocketLink> DialAsync(WebSocketDialTarget target)
        => WebSocketDialer.DialAsync(target, new WebSocketLimits(), _wheel.Wheel, CancellationToken.None);
}
