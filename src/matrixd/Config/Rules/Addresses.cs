using System.Net;
using System.Text.RegularExpressions;

namespace Matrixd.Config;

/// <summary>Rules on URLs, paths and networks.</summary>
internal static partial class Addresses
{
    public static ConfigRule Listen { get; } = ConfigRule.Text("host:port, or https://host:port to speak TLS", text => ListenAddresses.TryParse(text, out _, out ConfigRefusal? refusal) ? null : refusal);

    public static ConfigRule Network { get; } = ConfigRule.Text("an address or a network such as \"203.0.113.0/24\"", text => Networks.TryParse(text, out _, out ConfigRefusal? refusal) ? null : refusal);

    /// <summary>The begin of a WebSocket URL: no path, since the daemon adds its own.</summary>
    public static ConfigRule PublicUrl { get; } = ConfigRule.Text("wss://host[:port] (https:// is the same), or ws://host[:port]", RefusePublicUrl);

    public static ConfigRule HttpUrl { get; } = ConfigRule.Text("http://… or https://…", text => RefuseUrl(text, ["http", "https"], "http:// or https://", "such as \"https://crm.example.in/orders\""));

    public static ConfigRule Proxy { get; } = ConfigRule.Text("http://[user:password@]host:port, or \"none\"", text => text == "none" ? null : RefuseProxy(text));

    public static ConfigRule UrlPath { get; } = ConfigRule.Text("a path that begins with /", RefusePath);

    /// <summary>The same for the variable that a proxy can come from.</summary>
    public static ConfigRefusal? RefuseProxy(string text) =>
        RefuseUrl(text, ["http"], "http://host:port", "such as \"http://10.0.0.5:3128\"", credentials: true)
        ?? (IsBare(new Uri(text)) ? null : new ConfigRefusal("must be http://host:port and nothing behind it"));

    private static ConfigRefusal? RefusePublicUrl(string text) =>
        RefuseUrl(text, ["wss", "ws", "https", "http"], "wss:// or https://", "such as \"wss://voice.example.in\"")
        ?? (IsBare(new Uri(text)) ? null : new ConfigRefusal("must have no path", "the path is stream_path in [exotel]"));

    private static ConfigRefusal? RefuseUrl(string text, string[] schemes, string begin, string example, bool credentials = false)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? url) || !schemes.Contains(url.Scheme, StringComparer.Ordinal) || url.Host.Length == 0)
        {
            return new ConfigRefusal("must be a URL that begins with " + begin, example);
        }

        return url.UserInfo.Length > 0 && !credentials ? new ConfigRefusal("must hold no user and password")
            : url.Fragment.Length > 0 ? new ConfigRefusal("must hold no #fragment")
            : null;
    }

    private static bool IsBare(Uri url) => url.PathAndQuery is "/" or "";

    private static ConfigRefusal? RefusePath(string text) =>
        !text.StartsWith('/') ? new ConfigRefusal("must begin with /", $"such as \"/{text.TrimStart('.')}\"")
        : !PathPattern().IsMatch(text) ? new ConfigRefusal("must be /words of letters, digits and ._~-, without / at its end")
        : null;

    [GeneratedRegex(@"\A(/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+\z", RegexOptions.CultureInvariant)]
    private static partial Regex PathPattern();
}
