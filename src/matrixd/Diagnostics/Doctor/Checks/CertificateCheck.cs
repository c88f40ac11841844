using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Matrixd.Config;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>The certificate that the daemon shows to Exotel: for the right name, and how long it is good.</summary>
internal static class CertificateCheck
{
    // Time to renew by hand where the automatic way has failed.
    private static readonly TimeSpan s_notice = TimeSpan.FromDays(14);

    public static CheckResult Run(DoctorSubject subject)
    {
        DaemonConfig config = subject.Config;
        string path = config.Server.TlsCertificate;
        if (path.Length == 0)
        {
            return CheckResult.Fine("none of our own: TLS ends in front of the daemon");
        }

        try
        {
            using X509Certificate2 certificate = X509CertificateLoader.LoadCertificateFromFile(path);
            return Judge(subject, certificate, path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            return CheckResult.Broken($"{path} cannot be read: {e.Message}", "it must be PEM, readable for the user that matrixd runs as");
        }
    }

    private static CheckResult Judge(DoctorSubject subject, X509Certificate2 certificate, string path)
    {
        DateTimeOffset end = new(certificate.NotAfter.ToUniversalTime());
        TimeSpan left = end - subject.Clock.GetUtcNow();
        string until = string.Create(CultureInfo.InvariantCulture, $"{path}: good until {end:yyyy-MM-dd}, {left.TotalDays:0} days");
        string host = subject.Config.Server.PublicUrl.Length > 0 ? new Uri(subject.Config.Server.PublicUrl).Host : "";
        if (left <= TimeSpan.Zero)
        {
            return CheckResult.Broken(string.Create(CultureInfo.InvariantCulture, $"{path}: ran out on {end:yyyy-MM-dd}; Exotel refuses it"), "renew it; the daemon takes up the new file by itself");
        }

        if (host.Length > 0 && !certificate.MatchesHostname(host))
        {
            return CheckResult.Broken($"{path}: it is not for {host}; Exotel refuses it", $"get one for {host}, the name in [server] public_url");
        }

        return left > s_notice ? CheckResult.Fine(until) : CheckResult.Note($"{until} left", "renew it; the daemon takes up the new file by itself");
    }
}
