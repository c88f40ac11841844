using System.Globalization;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Matrixd.Config;

/// <summary>Looks into certificate and key files.</summary>
internal static class TlsFiles
{
    /// <summary>A certificate chain or key is a few kilobytes; a bundle of all roots stays below this too [bytes].</summary>
    private const int MaxBytes = 1024 * 1024;

    /// <summary>Time to renew that a warning leaves.</summary>
    private static readonly TimeSpan ExpiryNotice = TimeSpan.FromDays(14);

    public static void Check(ConfigLoad load, SectionValues server)
    {
        string? certificate = ReadText(load, server, ServerKeys.TlsCertificate);
        string? key = ReadText(load, server, ServerKeys.TlsKey, secret: true);
        if (certificate is null || key is null)
        {
            return;
        }

        try
        {
            using X509Certificate2 pair = X509Certificate2.CreateFromPem(certificate, key);
            CheckDates(load, server, pair);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            server.Error(ServerKeys.TlsCertificate, "certificate and key cannot be used together", "both must be PEM, and the key must be the certificate's own and without a password");
        }
    }

    /// <summary>A file of trust roots.</summary>
    public static void CheckRoots(ConfigLoad load, SectionValues section, string key)
    {
        if (ReadText(load, section, key) is not { } text)
        {
            return;
        }

        try
        {
            X509Certificate2Collection roots = [];
            roots.ImportFromPem(text);
            if (roots.Count == 0)
            {
                section.Error(key, "the file holds no certificate", "it must be PEM: -----BEGIN CERTIFICATE-----");
            }
        }
        catch (CryptographicException)
        {
            section.Error(key, "the file holds a certificate that cannot be read", "it must be PEM: -----BEGIN CERTIFICATE-----");
        }
    }

    private static void CheckDates(ConfigLoad load, SectionValues server, X509Certificate2 certificate)
    {
        DateTimeOffset end = certificate.NotAfter;
        string date = end.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        if (end <= load.Environment.Now)
        {
            server.Warn(ServerKeys.TlsCertificate, $"the certificate ran out on {date}", "Exotel refuses it: renew it");
        }
        else if (end - load.Environment.Now < ExpiryNotice)
        {
            server.Warn(ServerKeys.TlsCertificate, $"the certificate runs out on {date}", "renew it");
        }
    }

    /// <summary>Null: not set, or refused.</summary>
    private static string? ReadText(ConfigLoad load, SectionValues section, string key, bool secret = false)
    {
        string path = section.FilePath(key);
        if (path.Length == 0)
        {
            return null;
        }

        ConfigFile file = load.Environment.Read(path, MaxBytes);
        if (file.Failed || file.Truncated)
        {
            section.Error(key, file.Failed ? $"the file {file.Failure}" : $"the file is larger than {MaxBytes} bytes");
            return null;
        }

        if (secret && file.OpenToOthers)
        {
            section.Warn(key, "every user of this machine may read the file", $"chmod o= {path}");
        }

        return Encoding.UTF8.GetString(file.Bytes);
    }
}
