using System.Net;
using Microsoft.AspNetCore.Http;

namespace Matrixd.Server;

/// <summary>Who is really there: <c>X-Forwarded-For</c> is believed from trusted proxies alone.</summary>
internal sealed class ClientAddress(IReadOnlyList<IPNetwork> trustedProxies)
{
    // More hops than this are no chain of proxies of ours.
    private const int MaxHops = 16;

    private static readonly string[] s_ofProxies = ["X-Forwarded-For", "X-Real-IP", "Forwarded", "Via"];

    public IPAddress Of(HttpContext context)
    {
        IPAddress address = Plain(context.Connection.RemoteIpAddress ?? IPAddress.None);
        if (!IsTrusted(address))
        {
            return address;
        }

        // From the right: each trusted proxy vouches for the address it saw.
        string[] hops = context.Request.Headers["X-Forwarded-For"].ToString().Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        for (int i = hops.Length - 1, taken = 0; i >= 0 && taken < MaxHops; i--, taken++)
        {
            if (!IPAddress.TryParse(hops[i], out IPAddress? hop))
            {
                return address;
            }

            address = Plain(hop);
            if (!IsTrusted(address))
            {
                return address;
            }
        }

        return address;
    }

    /// <summary>True where the caller reached a TLS listener, ours or a trusted proxy's.</summary>
    public bool IsSecure(HttpContext context) =>
        context.Request.IsHttps || (IsTrusted(Plain(context.Connection.RemoteIpAddress ?? IPAddress.None)) && context.Request.Headers["X-Forwarded-Proto"] == "https");

    /// <summary>True where the request comes from this machine, to a loopback listener by its own name, and was not passed on by a proxy or a page of somebody else's.</summary>
    public static bool IsLocal(HttpContext context) =>
        IPAddress.IsLoopback(Plain(context.Connection.RemoteIpAddress ?? IPAddress.None))
        && IPAddress.IsLoopback(Plain(context.Connection.LocalIpAddress ?? IPAddress.None))
        && !s_ofProxies.Any(context.Request.Headers.ContainsKey)
        && IsLoopbackName(context.Request.Host.Host)
        && HasOwnOrigin(context.Request);

    // A browser on this machine may have been told a foreign name for our address.
    private static bool IsLoopbackName(string host) =>
        host.Equals("localhost", StringComparison.OrdinalIgnoreCase) || (IPAddress.TryParse(host, out IPAddress? address) && IPAddress.IsLoopback(address));

    // Tools send no Origin; a page sends its own, and only ours may ask.
    private static bool HasOwnOrigin(HttpRequest request) =>
        !request.Headers.TryGetValue("Origin", out Microsoft.Extensions.Primitives.StringValues origin) || origin == $"{request.Scheme}://{request.Host.Value}";

    private bool IsTrusted(IPAddress address)
    {
        foreach (IPNetwork network in trustedProxies)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
