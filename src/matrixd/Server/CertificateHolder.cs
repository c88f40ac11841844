using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;

namespace Matrixd.Server;

/// <summary>The server's certificate with its chain, read again when its files change: a renewal needs no restart.</summary>
/// <remarks>New connections get the new one; a pair that cannot be read leaves the old one in place and is logged.</remarks>
internal sealed partial class CertificateHolder
{
    // Files are looked at, not watched: renewal tools swap symbolic links, which a watch on the old file does not see.
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromSeconds(5);

    private readonly string _certificatePath;
    private readonly string _keyPath;
    private readonly ILogger _logger;
    private (DateTime Certificate, DateTime Key) _written;

    /// <exception cref="CryptographicException">The files are not a certificate and its key.</exception>
    /// <exception cref="IOException">A file cannot be read.</exception>
    public CertificateHolder(string certificatePath, string keyPath, ILogger<CertificateHolder> logger)
    {
        _certificatePath = certificatePath;
        _keyPath = keyPath.Length > 0 ? keyPath : certificatePath;
        _logger = logger;
        _written = WrittenTimes();
        Current = Read();
    }

    public SslStreamCertificateContext Current { get; private set; }

    /// <summary>Reads the files again where they have changed.</summary>
    public void ReloadIfChanged()
    {
        try
        {
            (DateTime, DateTime) written = WrittenTimes();
            if (written != _written)
            {
                _written = written;
                Current = Read();
                LogReloaded(_certificatePath, Current.TargetCertificate.NotAfter);
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or CryptographicException)
        {
            LogNotReloaded(_certificatePath, e.Message);
        }
    }

    /// <summary>Looks every few seconds until <paramref name="stopping"/> fires.</summary>
    public async Task RunAsync(TimeProvider clock, CancellationToken stopping)
    {
        using PeriodicTimer timer = new(s_lookEvery, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stopping))
            {
                ReloadIfChanged();
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // the daemon stops
        }
    }

    private (DateTime Certificate, DateTime Key) WrittenTimes() => (File.GetLastWriteTimeUtc(_certificatePath), File.GetLastWriteTimeUtc(_keyPath));

    private SslStreamCertificateContext Read()
    {
        X509Certificate2 certificate = X509Certificate2.CreateFromPemFile(_certificatePath, _keyPath);
        X509Certificate2Collection chain = [];
        chain.ImportFromPemFile(_certificatePath);
        return SslStreamCertificateContext.Create(certificate, chain, offline: true);
    }

    [LoggerMessage(1601, LogLevel.Information, "certificate {Path} read again; valid until {NotAfter:u}")]
    private partial void LogReloaded(string path, DateTime notAfter);

    [LoggerMessage(1602, LogLevel.Error, "certificate {Path} has changed and cannot be read: the old one stays: {Error}")]
    private partial void LogNotReloaded(string path, string error);
}
