namespace Matrixd.Transport;

/// <summary>What a dial found on its way, for diagnosis.</summary>
internal sealed record DialReport
{
    /// <summary>Address and port that answered: the server's, or the proxy's.</summary>
    public string RemoteEndPoint { get; init; } = "";

    /// <summary>Name resolution and TCP connection together.</summary>
    public TimeSpan Connect { get; init; }

    /// <summary>TLS handshake; zero without TLS.</summary>
    public TimeSpan Tls { get; init; }

    /// <summary>From the request to the 101.</summary>
    public TimeSpan Upgrade { get; init; }

    /// <summary>Such as <c>Tls13</c>; empty without TLS.</summary>
    public string TlsProtocol { get; init; } = "";

    public string CipherSuite { get; init; } = "";

    /// <summary>The protocol that ALPN settled on; empty: none.</summary>
    public string Alpn { get; init; } = "";

    public string CertificateSubject { get; init; } = "";

    public string CertificateIssuer { get; init; } = "";

    public DateTime? CertificateExpires { get; init; }
}
