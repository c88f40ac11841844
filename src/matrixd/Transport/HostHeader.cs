using System.Globalization;

namespace Matrixd.Transport;

/// <summary>Host and port as HTTP writes them.</summary>
internal static class HostHeader
{
    /// <summary>An IPv6 address in brackets; the port left out where it is <paramref name="defaultPort"/>.</summary>
    public static string For(string host, int port, int defaultPort)
    {
        string name = host.Contains(':', StringComparison.Ordinal) && host[0] != '[' ? $"[{host}]" : host;
        return port == defaultPort ? name : string.Create(CultureInfo.InvariantCulture, $"{name}:{port}");
    }
}
