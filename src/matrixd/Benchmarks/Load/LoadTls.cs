using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Matrixd.Simulation;

namespace Matrixd.Benchmarks;

/// <summary>The simulated Gemini's side of TLS, by OpenSSL directly: the load must cost less than what it measures.</summary>
/// <remarks>Its certificate is made for the run; the key lies in a file only while it is read.</remarks>
internal sealed class LoadTls
{
    private readonly nint _context;

    /// <param name="caFile">Where what a client must trust is written.</param>
    /// <exception cref="IOException">The file cannot be written, or OpenSSL 3 is not there.</exception>
    public LoadTls(string caFile)
    {
        using SimulatedTls tls = new(TimeProvider.System.GetUtcNow());
        File.WriteAllText(caFile, tls.AuthorityPem);
        string certificate = caFile + ".certificate";
        string key = caFile + ".key";
        try
        {
            File.WriteAllText(certificate, tls.Certificate.ExportCertificatePem());
            using ECDsa secret = tls.Certificate.GetECDsaPrivateKey()!;
            File.WriteAllText(key, secret.ExportPkcs8PrivateKeyPem());
            _context = Create(certificate, key);
        }
        finally
        {
            File.Delete(certificate);
            File.Delete(key);
        }
    }

    /// <summary>TLS for one accepted connection.</summary>
    public nint Accept(int fd)
    {
        nint ssl = LibSsl.SSL_new(_context);
        LibSsl.SSL_set_accept_state(ssl);
        _ = LibSsl.SSL_set_fd(ssl, fd);
        return ssl;
    }

    private static nint Create(string certificate, string key)
    {
        try
        {
            nint context = LibSsl.SSL_CTX_new(LibSsl.TLS_server_method());
            LibSsl.SSL_CTX_ctrl(context, LibSsl.ControlMode, LibSsl.Modes, 0);
            LibSsl.SSL_CTX_ctrl(context, LibSsl.ControlReadAhead, 1, 0); // one read of the socket for all records that are there
            return LibSsl.SSL_CTX_use_certificate_file(context, certificate, LibSsl.PemFile) == 1 && LibSsl.SSL_CTX_use_PrivateKey_file(context, key, LibSsl.PemFile) == 1
                ? context
                : throw new IOException("OpenSSL does not take the certificate of the simulated Gemini");
        }
        catch (DllNotFoundException e)
        {
            throw new IOException("OpenSSL 3 (libssl.so.3) is not installed: apt-get install libssl3", e);
        }
    }
}
