using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Matrixd.Simulation;

/// <summary>A certificate authority of its own and a certificate for this machine, made in memory.</summary>
/// <remarks>The authority's key is forgotten as soon as the one certificate is signed.</remarks>
internal sealed class SimulatedTls : IDisposable
{
    private static readonly TimeSpan s_life = TimeSpan.FromDays(30); // longer than any test rig stays up

    public SimulatedTls(DateTimeOffset now)
    {
        using ECDsa authorityKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest authority = new("CN=matrixd simulator CA", authorityKey, HashAlgorithmName.SHA256);
        authority.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        authority.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        authority.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(authority.PublicKey, false));
        using X509Certificate2 root = authority.CreateSelfSigned(now.AddDays(-1), now + s_life);
        AuthorityPem = root.ExportCertificatePem() + "\n";

        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest leaf = new("CN=localhost", key, HashAlgorithmName.SHA256);
        SubjectAlternativeNameBuilder names = new();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        names.AddIpAddress(IPAddress.IPv6Loopback);
        leaf.CertificateExtensions.Add(names.Build());
        leaf.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        leaf.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        leaf.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false)); // server authentication
        using X509Certificate2 signed = leaf.Create(root, now.AddHours(-1), now + s_life - TimeSpan.FromDays(1), RandomNumberGenerator.GetBytes(16));
        Certificate = signed.CopyWithPrivateKey(key);
    }

    /// <summary>What a client must trust.</summary>
    public string AuthorityPem { get; }

    public X509Certificate2 Certificate { get; }

    public void Dispose() => Certificate.Dispose();
}
