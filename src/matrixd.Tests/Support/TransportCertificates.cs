using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Matrixd.Tests.Support;

/// <summary>A certificate authority made for one test, and what it signs.</summary>
internal sealed class TransportCertificates : IDisposable
{
    private const string ServerUse = "1.3.6.1.5.5.7.3.1";
    private const string ClientUse = "1.3.6.1.5.5.7.3.2";
    private readonly X509Certificate2 _root = Authority();

    public TransportCertificates()
    {
        CaFile = Path.GetTempFileName();
        File.WriteAllText(CaFile, _root.ExportCertificatePem());
    }

    /// <summary>The root, as a PEM file.</summary>
    public string CaFile { get; }

    public X509Certificate2 Localhost() => Sign("localhost", ServerUse, 30);

    public X509Certificate2 OtherHost() => Sign("elsewhere.example", ServerUse, 30);

    public X509Certificate2 Expired() => Sign("localhost", ServerUse, -1);

    public X509Certificate2 FromTomorrow() => Sign("localhost", ServerUse, 30, daysOld: -1);

    public X509Certificate2 ForClients() => Sign("localhost", ClientUse, 30);

    /// <summary>For localhost, signed by itself.</summary>
    public static X509Certificate2 SelfSigned()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = Request("localhost", ServerUse, key).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-10), DateTimeOffset.UtcNow.AddDays(30));
        return Reloaded(certificate);
    }

    public void Dispose()
    {
        File.Delete(CaFile);
        _root.Dispose();
    }

    private static X509Certificate2 Authority()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=Test Root", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-100), DateTimeOffset.UtcNow.AddDays(100));
        return Reloaded(certificate);
    }

    private X509Certificate2 Sign(string host, string use, int daysLeft, int daysOld = 10)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = Request(host, use, key).Create(
            _root, DateTimeOffset.UtcNow.AddDays(-daysOld), DateTimeOffset.UtcNow.AddDays(daysLeft), RandomNumberGenerator.GetBytes(8));
        using X509Certificate2 withKey = certificate.CopyWithPrivateKey(key);
        return Reloaded(withKey);
    }

    private static CertificateRequest Request(string host, string use, ECDsa key)
    {
        var request = new CertificateRequest($"CN={host}", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(host);
        if (host == "localhost")
        {
            names.AddIpAddress(IPAddress.Loopback);
        }

        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(use)], false));
        return request;
    }

    private static X509Certificate2 Reloaded(X509Certificate2 certificate)
        => X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null);
}
