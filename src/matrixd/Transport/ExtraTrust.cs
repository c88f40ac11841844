using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Matrixd.Transport;

/// <summary>Trust roots of a file beside the system's.</summary>
/// <remarks>Immutable; any thread.</remarks>
internal sealed class ExtraTrust
{
    private static readonly Oid s_serverAuthentication = new("1.3.6.1.5.5.7.3.1");

    private readonly X509Certificate2Collection _roots = [];

    /// <param name="caFile">PEM, one or more certificates.</param>
    /// <exception cref="IOException">The file cannot be read, or holds no certificate.</exception>
    public ExtraTrust(string caFile)
    {
        try
        {
            _roots.ImportFromPemFile(caFile);
        }
        catch (Exception e) when (e is CryptographicException or UnauthorizedAccessException)
        {
            throw new IOException($"ca_file '{caFile}' cannot be read as PEM certificates: {e.Message}", e);
        }

        if (_roots.Count == 0)
        {
            throw new IOException($"ca_file '{caFile}' holds no certificate; a PEM file with at least one is expected.");
        }
    }

    /// <summary>Says whether the peer is who it should be: by the system's roots, else by these.</summary>
    public bool Accept(X509Certificate? certificate, X509Chain? systemChain, SslPolicyErrors errors)
    {
        if (errors == SslPolicyErrors.None)
        {
            return true;
        }

        // A wrong name or no certificate at all is not a matter of roots.
        if (errors != SslPolicyErrors.RemoteCertificateChainErrors || certificate is null)
        {
            return false;
        }

        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(_roots);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck; // private authorities rarely publish lists
        chain.ChainPolicy.ApplicationPolicy.Add(s_serverAuthentication);
        foreach (X509ChainElement sent in systemChain?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(sent.Certificate); // intermediates
        }

        using X509Certificate2 leaf = new(certificate);
        return chain.Build(leaf);
    }
}
