using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Matrixd.Transport;

/// <summary>Judges the certificate of one server, for one dial, and keeps the reason in words.</summary>
/// <remarks>The system's trust decides first; extra roots can only add to it. The host's name is always checked.</remarks>
/// <param name="host">The name it must be for.</param>
/// <param name="extraRoots">Roots beside the system's.</param>
internal sealed class ServerCertificateCheck(string host, X509Certificate2Collection extraRoots)
{
    /// <summary>A server without a certificate.</summary>
    public const string NoneShown = "the server showed no certificate";

    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1"; // RFC 5280 §4.2.1.12, id-kp-serverAuth

    /// <summary>Why it was refused; empty while it was not.</summary>
    public string Refusal { get; private set; } = "";

    public bool Validate(object sender, X509Certificate? certificate, X509Chain? chain, SslPolicyErrors errors)
    {
        if (certificate is not X509Certificate2 leaf || chain is null || errors.HasFlag(SslPolicyErrors.RemoteCertificateNotAvailable))
        {
            Refusal = NoneShown;
        }
        else if (errors.HasFlag(SslPolicyErrors.RemoteCertificateNameMismatch))
        {
            Refusal = ForSomebodyElse(leaf, host);
        }
        else if (errors != SslPolicyErrors.None && !IsTrustedByExtraRoots(leaf, chain, out X509ChainStatusFlags status))
        {
            Refusal = Explain(leaf, status);
        }

        return Refusal.Length == 0;
    }

    private bool IsTrustedByExtraRoots(X509Certificate2 leaf, X509Chain chain, out X509ChainStatusFlags status)
    {
        status = Flags(chain);
        if (extraRoots.Count == 0)
        {
            return false;
        }

        using var own = new X509Chain();
        own.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        own.ChainPolicy.CustomTrustStore.AddRange(extraRoots);
        own.ChainPolicy.ExtraStore.AddRange(chain.ChainPolicy.ExtraStore); // the intermediates that the server sent
        own.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        own.ChainPolicy.ApplicationPolicy.Add(new Oid(ServerAuthentication));
        bool trusted = own.Build(leaf);
        status = Flags(own);
        foreach (X509ChainElement element in own.ChainElements)
        {
            element.Certificate.Dispose();
        }

        return trusted;
    }

    private static X509ChainStatusFlags Flags(X509Chain chain)
        => chain.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, (flags, status) => flags | status.Status);

    /// <summary>The words for a certificate of another host.</summary>
    public static string ForSomebodyElse(X509Certificate2 leaf, string host) => $"the certificate is for {PeerText.Escape(Names(leaf))}, not for {host}";

    /// <summary>The words for a certificate whose chain is not fine.</summary>
    public static string Explain(X509Certificate2 leaf, X509ChainStatusFlags status)
    {
        if (status.HasFlag(X509ChainStatusFlags.NotTimeValid))
        {
            return ExplainTime(leaf, TimeProvider.System.GetLocalNow().DateTime);
        }

        if ((status & (X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain)) != 0)
        {
            return $"the certificate is not trusted: no known root stands above '{PeerText.Escape(leaf.Issuer)}'; set ca_file where a gateway signs its own";
        }

        return status.HasFlag(X509ChainStatusFlags.NotValidForUsage)
            ? "the certificate is not meant for a server"
            : $"the certificate is refused: {status}";
    }

    // Certificates are judged by the system's wall clock, whatever clock the caller runs on.
    private static string ExplainTime(X509Certificate2 leaf, DateTime now)
    {
        if (leaf.NotAfter < now)
        {
            return $"the certificate expired on {leaf.NotAfter.ToUniversalTime():u}";
        }

        return leaf.NotBefore > now
            ? $"the certificate is not valid before {leaf.NotBefore.ToUniversalTime():u}; is the clock right? It says {now.ToUniversalTime():u}"
            : "a certificate above the server's own has expired";
    }

    private static string Names(X509Certificate2 leaf)
    {
        X509SubjectAlternativeNameExtension? names = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>().FirstOrDefault();
        return names is null
            ? leaf.Subject
            : string.Join(", ", names.EnumerateDnsNames().Concat(names.EnumerateIPAddresses().Select(address => address.ToString())));
    }
}
