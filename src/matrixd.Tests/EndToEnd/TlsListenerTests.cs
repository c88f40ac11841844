using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Matrixd.Calls;
using Matrixd.Server;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>The daemon's own TLS: calls over wss, a certificate renewed while calls live, nothing old spoken (S15).</summary>
public sealed class TlsListenerTests : IDisposable
{
    private readonly TransportCertificates _authority = new();
    private readonly string _directory = Directory.CreateTempSubdirectory("matrixd-tls-").FullName;

    public void Dispose()
    {
        Directory.Delete(_directory, recursive: true);
        _authority.Dispose();
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_to_new_callers_and_calls_under_way_go_on()
    {
        string first = Write(_authority.Localhost());
        await using House house = await BuildAsync();
        EndToEndCall call = new("tls-1") { CaFile = _authority.CaFile };
        EndToEndLine line = await house.LineAsync(call);
        GeminiConnection connection = await house.ReadyAsync();
        Assert.Equal(first, (await HandshakeAsync(house, SslProtocols.None)).Serial);

        string second = Write(_authority.Localhost());
        house.Daemon.Reload(house.Config);

        Assert.NotEqual(first, second);
        Assert.Equal(second, (await HandshakeAsync(house, SslProtocols.None)).Serial);
        line.Speak(Signals.Speech(8000, 0.2));
        await connection.Ledger.WaitAsync(() => connection.Ledger.AudioMessages >= 9, "the call under way");
        EndToEndLine fresh = await house.LineAsync(call with { CallSid = "tls-2", StreamSid = "tls-2" });
        await house.ReadyAsync(1);
        line.HangUp();
        fresh.HangUp();
        Assert.Equal(CallEndReason.CallerHungUp, (await house.EndedAsync("tls-1")).EndReason);
        Assert.Equal(CallEndReason.CallerHungUp, (await house.EndedAsync("tls-2")).EndReason);
    }

    [Fact]
    public async Task A_pair_that_does_not_fit_leaves_the_old_certificate_in_place_and_is_told_of()
    {
        string first = Write(_authority.Localhost());
        await using House house = await BuildAsync();

        File.WriteAllText(Path.Combine(_directory, "key.pem"), "-----BEGIN PRIVATE KEY-----\nhalf of it");
        house.Daemon.Reload(house.Config);

        Assert.Equal(first, (await HandshakeAsync(house, SslProtocols.None)).Serial);
        Assert.Contains(house.LogLines, text => text.Contains("the old one stays", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Only_http_1_1_is_agreed_to_and_nothing_older_than_tls_1_2()
    {
        Write(_authority.Localhost());
        await using House house = await BuildAsync();

        (SslProtocols protocol, string alpn, _) = await HandshakeAsync(house, SslProtocols.None);

        Assert.Contains(protocol, (SslProtocols[])[SslProtocols.Tls12, SslProtocols.Tls13]);
        Assert.Equal("http/1.1", alpn);
#pragma warning disable CA5397, SYSLIB0039, CA5398 // the old protocol is what is tried
        await Assert.ThrowsAnyAsync<Exception>(() => HandshakeAsync(house, SslProtocols.Tls11));
#pragma warning restore CA5397, SYSLIB0039, CA5398
    }

    [Fact]
    public async Task Half_a_handshake_is_cut_and_a_caller_beside_it_is_served()
    {
        Write(_authority.Localhost());
        await using House house = await BuildAsync();
        using Socket silent = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await silent.ConnectAsync(IPAddress.Loopback, house.HttpBase.Port);
        await silent.SendAsync(new byte[] { 0x16, 0x03, 0x01 });

        EndToEndLine line = await house.LineAsync(new EndToEndCall("tls-half") { CaFile = _authority.CaFile });
        await house.ReadyAsync();
        line.HangUp();

        Assert.Equal(0, await silent.ReceiveAsync(new byte[16]).WaitAsync(TimeSpan.FromSeconds(20))); // within the handshake's 5 s
    }

    [Fact]
    public async Task A_caller_that_does_not_know_the_authority_does_not_call()
    {
        Write(_authority.Localhost());
        await using House house = await BuildAsync();
        using TransportCertificates stranger = new();

        DialException refused = await Assert.ThrowsAsync<DialException>(() => house.DialAsync(new EndToEndCall("tls-stranger") { CaFile = stranger.CaFile }));

        Assert.Equal(DialStage.Tls, refused.Stage);
    }

    private Task<House> BuildAsync() => House.BuildAsync(House.Scripted, config => config with
    {
        Server = config.Server with
        {
            Listen = [new ListenAddress("127.0.0.1", 0, true)],
            TlsCertificate = Path.Combine(_directory, "certificate.pem"),
            TlsKey = Path.Combine(_directory, "key.pem"),
        },
    });

    private string Write(X509Certificate2 certificate)
    {
        using (certificate)
        {
            File.WriteAllText(Path.Combine(_directory, "certificate.pem"), certificate.ExportCertificatePem());
            File.WriteAllText(Path.Combine(_directory, "key.pem"), certificate.GetECDsaPrivateKey()!.ExportPkcs8PrivateKeyPem());
            return certificate.SerialNumber;
        }
    }

    private static async Task<(SslProtocols Protocol, string Alpn, string Serial)> HandshakeAsync(House house, SslProtocols protocols)
    {
        using TcpClient tcp = new();
        await tcp.ConnectAsync(IPAddress.Loopback, house.HttpBase.Port);
        await using SslStream tls = new(tcp.GetStream());
        SslClientAuthenticationOptions options = new()
        {
            TargetHost = "localhost",
            EnabledSslProtocols = protocols,
            ApplicationProtocols = [SslApplicationProtocol.Http2, SslApplicationProtocol.Http11],
#pragma warning disable CA5359 // what is shown is looked at, not trusted
            RemoteCertificateValidationCallback = (_, _, _, _) => true,
#pragma warning restore CA5359
        };
        await tls.AuthenticateAsClientAsync(options).WaitAsync(TimeSpan.FromSeconds(20));
        return (tls.SslProtocol, tls.NegotiatedApplicationProtocol.ToString(), tls.RemoteCertificate!.GetSerialNumberString());
    }
}
