using Matrixd.Transport.Loop;

namespace Matrixd.Transport;

/// <summary>Where a client link is dialled to, and under which rules.</summary>
internal sealed record WebSocketDialTarget
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    /// <summary>True: TLS with the certificate verified, ALPN http/1.1 alone.</summary>
    public required bool Tls { get; init; }

    /// <summary>Path and query exactly as they go on the wire; nothing is escaped (the slash in <c>auth_tokens/id</c> must stay literal).</summary>
    public required string RequestTarget { get; init; }

    /// <summary>Further request headers.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Trust roots beside the system's (PEM file); empty: the system's alone.</summary>
    public string CaFile { get; init; } = "";

    /// <summary>HTTP CONNECT proxy, <c>http://host:port</c>; empty: none.</summary>
    public string Proxy { get; init; } = "";

    /// <summary>The event loop that the connection is to live on; null: the portable way.</summary>
    public EventLoop? Loop { get; init; }

    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(3);

    public TimeSpan TlsTimeout { get; init; } = TimeSpan.FromSeconds(3);

    public TimeSpan UpgradeTimeout { get; init; } = TimeSpan.FromSeconds(5);
}
