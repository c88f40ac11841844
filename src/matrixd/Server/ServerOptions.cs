using System.Net;

namespace Matrixd.Server;

/// <summary>What the server room is told. Secrets are resolved values.</summary>
internal sealed record ServerOptions
{
    public required IReadOnlyList<ListenAddress> Listen { get; init; }

    /// <summary>What Exotel is told, <c>ws(s)://host[:port]</c>; empty: taken from the request's Host.</summary>
    public string PublicUrl { get; init; } = "";

    public string TlsCertificate { get; init; } = "";

    public string TlsKey { get; init; } = "";

    public IReadOnlyList<IPNetwork> TrustedProxies { get; init; } = [];

    public bool Insecure { get; init; }

    /// <summary>Secret; empty: API and metrics answer on loopback listens only.</summary>
    public string AdminToken { get; init; } = "";

    /// <summary>0: what was measured on this machine, else 200 a core.</summary>
    public int MaxCalls { get; init; }

    /// <summary>False: sockets the portable way, where event loops would do.</summary>
    public bool EventLoop { get; init; } = true;

    public TimeSpan DrainTimeout { get; init; } = TimeSpan.FromMinutes(15);

    // The compiler's ToString would print the admin token.
    public override string ToString() => string.Join(", ", Listen);
}

/// <param name="Host">IP address, or <c>localhost</c>.</param>
internal readonly record struct ListenAddress(string Host, int Port, bool Tls)
{
    public override string ToString() => $"{(Tls ? "https" : "http")}://{(Host.Contains(':', StringComparison.Ordinal) ? $"[{Host}]" : Host)}:{Port}";
}
