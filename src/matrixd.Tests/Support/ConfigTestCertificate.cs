using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Matrixd.Tests.Support;

/// <summary>A self-signed pair, good for the year around the tests' clock.</summary>
internal static class ConfigTestCertificate
{
    public static readonly DateTimeOffset NotAfter = new(2027, 6, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly (string Certificate, string Key) Pair = Make();

    public static string Certificate => Pair.Certificate;

    public static string Key => Pair.Key;

    /// <summary>A pair of its own, so that one half does not fit the other pair's.</summary>
    public static (string Certificate, string Key) Make()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=voice.example.in", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(NotAfter.AddYears(-1), NotAfter);
        return (certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
