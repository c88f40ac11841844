using System.Globalization;
using System.Net;
using Matrixd.Server;

namespace Matrixd.Config;

/// <summary>Reads one address to listen on: <c>host:port</c>, <c>http://host:port</c>, <c>https://host:port</c>.</summary>
internal static class ListenAddresses
{
    public static bool TryParse(string text, out ListenAddress address, out ConfigRefusal? refusal)
    {
        address = default;
        bool tls = text.StartsWith("https://", StringComparison.Ordinal);
        string rest = tls ? text["https://".Length..] : text.StartsWith("http://", StringComparison.Ordinal) ? text["http://".Length..] : text;
        int colon = rest.LastIndexOf(':');
        string host = colon < 0 ? rest : rest[..colon];
        bool bracketed = host.StartsWith('[') && host.EndsWith(']');
        if (colon < 0 || (host.Contains(':', StringComparison.Ordinal) && !bracketed))
        {
            refusal = new ConfigRefusal("must be host:port", "such as \"127.0.0.1:8080\", \"[::1]:8080\" or \"https://0.0.0.0:443\"");
            return false;
        }

        if (!int.TryParse(rest.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port) || port > ushort.MaxValue)
        {
            refusal = new ConfigRefusal("must end with a port from 0 to 65535", "0 lets the system choose one");
            return false;
        }

        host = bracketed ? host[1..^1] : host;
        if (host != "localhost" && !IsAddress(host))
        {
            refusal = new ConfigRefusal("must name an IP address of this machine, or localhost", host is "" or "*" ? $"write \"0.0.0.0:{rest[(colon + 1)..]}\" for all addresses" : "");
            return false;
        }

        address = new ListenAddress(host, port, tls);
        refusal = null;
        return true;
    }

    /// <summary>Four parts for IPv4: the parser alone would also take "8080" for an address.</summary>
    private static bool IsAddress(string host) => IPAddress.TryParse(host, out _) && (host.Contains(':', StringComparison.Ordinal) || host.Count(c => c == '.') == 3);
}
