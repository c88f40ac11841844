using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Matrixd.Transport;

/// <summary>Puts TLS over a connection we made: versions 1.2 and 1.3, the server's certificate verified, http/1.1 alone.</summary>
internal static class TlsConnector
{
    /// <summary>A server that took none of the protocols offered to it.</summary>
    public const string NoHttp11 = "the server does not speak http/1.1, which a WebSocket needs";

    /// <exception cref="DialException">At <see cref="DialStage.Tls"/> or <see cref="DialStage.Alpn"/>.</exception>
    public static async Task<SslStream> ConnectAsync(Stream inner, WebSocketDialTarget target, CancellationToken stopping)
    {
        var check = new ServerCertificateCheck(target.Host, LoadRoots(target));
        var stream = new SslStream(inner, leaveInnerStreamOpen: false);
        try
        {
            await stream.AuthenticateAsClientAsync(Options(target, check), stopping);
            CheckAlpn(stream.NegotiatedApplicationProtocol, target);
            return stream;
        }
        catch (AuthenticationException e)
        {
            await stream.DisposeAsync();
            if (SaysNoCommonProtocol(e))
            {
                throw new DialException(DialStage.Alpn, 0, $"{target.Host}:{target.Port}: {NoHttp11}", e);
            }

            string cause = check.Refusal.Length > 0 ? check.Refusal : (e.InnerException ?? e).Message;
            throw new DialException(DialStage.Tls, 0, $"{target.Host}:{target.Port}: TLS failed: {cause}", e);
        }
        catch
        {
            await stream.DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc cref="CheckAlpn(SslApplicationProtocol, WebSocketDialTarget)"/>
    public static void CheckAlpnName(string negotiated, WebSocketDialTarget target) => CheckAlpn(negotiated.Length == 0 ? default : new SslApplicationProtocol(negotiated), target);

    /// <summary>http/1.1 or nothing; a WebSocket handshake sent into HTTP/2 would hang or be cut without a word.</summary>
    public static void CheckAlpn(SslApplicationProtocol negotiated, WebSocketDialTarget target)
    {
        if (negotiated != SslApplicationProtocol.Http11 && !negotiated.Protocol.IsEmpty)
        {
            throw new DialException(
                DialStage.Alpn, 0, $"{target.Host}:{target.Port}: the server insists on '{PeerText.Escape(negotiated.ToString())}', a WebSocket needs http/1.1");
        }
    }

    // The server's alert no_application_protocol(120) is OpenSSL's reason 1000 + 120.
    private static bool SaysNoCommonProtocol(Exception? error)
    {
        const int ReasonBits = 0x7FFFFF;
        const int NoApplicationProtocol = 1120;
        while (error is not null and not CryptographicException)
        {
            error = error.InnerException;
        }

        return error is not null && (error.HResult & ReasonBits) == NoApplicationProtocol;
    }

    private static SslClientAuthenticationOptions Options(WebSocketDialTarget target, ServerCertificateCheck check) => new()
    {
        TargetHost = target.Host,
        ApplicationProtocols = [SslApplicationProtocol.Http11],
#pragma warning disable CA5398 // the versions are the point: nothing older, whatever the system would still allow
        EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
#pragma warning restore CA5398
        RemoteCertificateValidationCallback = check.Validate,
    };

    /// <summary>The roots of the target's ca_file; none where it has none.</summary>
    /// <exception cref="DialException">The file holds none.</exception>
    public static X509Certificate2Collection LoadRoots(WebSocketDialTarget target)
    {
        var roots = new X509Certificate2Collection();
        if (target.CaFile.Length == 0)
        {
            return roots;
        }

        try
        {
            roots.ImportFromPemFile(target.CaFile);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new DialException(DialStage.Tls, 0, $"{target.Host}:{target.Port}: ca_file {target.CaFile} cannot be read: {e.Message}", e);
        }

        return roots.Count > 0
            ? roots
            : throw new DialException(DialStage.Tls, 0, $"{target.Host}:{target.Port}: ca_file {target.CaFile} holds no certificate in PEM form");
    }
}
