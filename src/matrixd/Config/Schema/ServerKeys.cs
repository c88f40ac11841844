namespace Matrixd.Config;

/// <summary><c>[server]</c></summary>
internal static class ServerKeys
{
    public const string Listen = "listen";
    public const string PublicUrl = "public_url";
    public const string TlsCertificate = "tls_certificate";
    public const string TlsKey = "tls_key";
    public const string TrustedProxies = "trusted_proxies";
    public const string Insecure = "insecure";
    public const string AdminToken = "admin_token";
    public const string AdminTokenFile = "admin_token_file";
    public const string MaxCalls = "max_calls";
    public const string EventLoop = "event_loop";
    public const string DrainTimeout = "drain_timeout";

    public static ConfigSection Section { get; } = new("server", Repeated: false, "Where matrixd listens, and how much it takes on.",
    [
        new(Listen, ConfigKeyType.TextList)
        {
            Default = "[\"127.0.0.1:8080\"]",
            Rule = Addresses.Listen,
            Doc = "Addresses to listen on, one or more. \"https://0.0.0.0:443\" speaks TLS and needs tls_certificate and tls_key;\n\"127.0.0.1:8080\" is plain HTTP, for a reverse proxy (nginx, Caddy) on the same machine.",
        },
        new(PublicUrl, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Rule = Addresses.PublicUrl.OrEmpty(),
            Doc = "How Exotel reaches this machine from outside, such as \"wss://voice.example.in\". Behind a proxy: the proxy's name.\nEmpty: the host name of each request is used.",
        },
        new(TlsCertificate, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Doc = "PEM file with the certificate and its chain. It is read again when it changes. Empty: no TLS here.",
        },
        new(TlsKey, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Doc = "PEM file with the private key of tls_certificate. Keep it readable by matrixd alone.",
        },
        new(TrustedProxies, ConfigKeyType.TextList)
        {
            Default = "[]",
            Rule = Addresses.Network,
            Doc = "Networks of your own proxies. Only they are believed when they say (X-Forwarded-For) which address a caller has.",
        },
        new(Insecure, ConfigKeyType.Flag)
        {
            Default = "false",
            Doc = "true: start although nothing protects the Exotel socket. For trials on one machine; on the internet, strangers\nwould talk at your cost.",
        },
        new(AdminToken, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Secret = true,
            Doc = "Password (bearer token) for /api, /console and /voice. Better in a file: see the next key.\nWithout one they answer on this machine alone (127.0.0.1). Also taken from the systemd credential admin-token.",
        },
        new(AdminTokenFile, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Doc = "File that holds the admin token and nothing else.",
        },
        new(MaxCalls, ConfigKeyType.Integer)
        {
            Default = "0",
            Rule = Ranges.Integers(0, 100_000),
            Doc = "Calls at the same time; one more is turned away at once. 0: seven tenths of what `matrixd bench calls`\nmeasured on this machine, or 200 for each processor core where it was never run.",
        },
        new(EventLoop, ConfigKeyType.Flag)
        {
            Default = "true",
            Doc = "true: matrixd reads and writes its sockets itself (Linux with OpenSSL 3), which takes less processor time.\nfalse: the portable way. Change it only to find out whether a fault lies there.",
        },
        new(DrainTimeout, ConfigKeyType.Duration)
        {
            Default = "\"15m\"",
            Rule = Ranges.Durations("0s", "24h"),
            Doc = "When matrixd is stopped it takes no new call and lets the running ones go on for at most this long.",
        },
    ]);
}
