using System.Security.Cryptography.X509Certificates;

namespace Matrixd.Transport.Loop;

/// <summary>Says in words what OpenSSL found, as the portable way would say it.</summary>
internal static class TlsVerdict
{
    // X509_V_ERR_…, openssl/x509_vfy.h
    private const int UnableToGetIssuer = 2;
    private const int NotYetValid = 9;
    private const int HasExpired = 10;
    private const int SelfSigned = 18;
    private const int SelfSignedInChain = 19;
    private const int UnableToGetIssuerLocally = 20;
    private const int UnableToVerifyLeaf = 21;
    private const int InvalidPurpose = 26;
    private const int HostMismatch = 62;
    private const int AddressMismatch = 64;

    /// <summary>Why a handshake failed.</summary>
    /// <param name="session">With what it knows of certificates.</param>
    /// <param name="reason">OpenSSL's reason.</param>
    /// <param name="text">OpenSSL's words for it.</param>
    public static DialException Refusal(TlsSession session, int reason, string text)
    {
        WebSocketDialTarget target = session.Target;
        string where = $"{target.Host}:{target.Port}";
        return reason switch
        {
            OpenSsl.ReasonAlertNoApplicationProtocol => new DialException(DialStage.Alpn, 0, $"{where}: {TlsConnector.NoHttp11}"),
            OpenSsl.ReasonUnsupportedProtocol or OpenSsl.ReasonAlertProtocolVersion
                => new DialException(DialStage.Tls, 0, $"{where}: TLS failed: the server does not speak TLS 1.2 or newer ({text})"),
            _ => new DialException(DialStage.Tls, 0, $"{where}: TLS failed: {(session.VerifyError == 0 ? text : OfCertificate(session))}"),
        };
    }

    /// <summary>What was agreed.</summary>
    /// <param name="der">The server's certificate.</param>
    /// <param name="version">As OpenSSL names it: TLSv1.3.</param>
    public static DialReport Describe(byte[] der, string version, string cipher, string alpn)
    {
        using X509Certificate2? certificate = der.Length == 0 ? null : X509CertificateLoader.LoadCertificate(der);
        return new DialReport
        {
            TlsProtocol = version switch
            {
                "TLSv1.3" => "Tls13",
                "TLSv1.2" => "Tls12",
                _ => version,
            },
            CipherSuite = cipher,
            Alpn = alpn,
            CertificateSubject = certificate?.Subject ?? "",
            CertificateIssuer = certificate?.Issuer ?? "",
            CertificateExpires = certificate?.NotAfter,
        };
    }

    private static string OfCertificate(TlsSession session)
    {
        if (session.Leaf.Length == 0)
        {
            return ServerCertificateCheck.NoneShown;
        }

        using X509Certificate2 leaf = X509CertificateLoader.LoadCertificate(session.Leaf);
        return session.VerifyError switch
        {
            HostMismatch or AddressMismatch => ServerCertificateCheck.ForSomebodyElse(leaf, session.Target.Host),
            NotYetValid or HasExpired => ServerCertificateCheck.Explain(leaf, X509ChainStatusFlags.NotTimeValid),
            UnableToGetIssuer or SelfSigned or SelfSignedInChain or UnableToGetIssuerLocally or UnableToVerifyLeaf
                => ServerCertificateCheck.Explain(leaf, X509ChainStatusFlags.PartialChain),
            InvalidPurpose => ServerCertificateCheck.Explain(leaf, X509ChainStatusFlags.NotValidForUsage),
            int other => $"the certificate is refused: {System.Runtime.InteropServices.Marshal.PtrToStringUTF8(OpenSsl.VerifyErrorString(other))}",
        };
    }
}
