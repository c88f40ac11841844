using System.Net;
using System.Security.Cryptography;
using System.Text;
using Matrixd.Exotel;
using Microsoft.AspNetCore.Http;

namespace Matrixd.Server;

/// <summary>Who may do what: Basic and allow-list towards Exotel, the bearer token for operators. Compared in constant time.</summary>
internal sealed class Credentials(ServerOptions server, ExotelOptions exotel, ClientAddress clients)
{
    private readonly byte[]? _basic = exotel.BasicUser.Length > 0 ? Hash($"{exotel.BasicUser}:{exotel.BasicPassword}") : null;
    private readonly byte[]? _admin = server.AdminToken.Length > 0 ? Hash(server.AdminToken) : null;

    /// <summary>The address is on the allow-list, or there is none.</summary>
    public bool IsAllowedAddress(HttpContext context)
    {
        if (exotel.Allow.Count == 0)
        {
            return true;
        }

        IPAddress address = clients.Of(context);
        foreach (IPNetwork network in exotel.Allow)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The Basic credential is right, or none is configured.</summary>
    public bool HasBasic(HttpContext context)
    {
        if (_basic is null)
        {
            return true;
        }

        // One comparison of fixed length whatever came: neither content nor length shows in the time.
        string header = context.Request.Headers.Authorization.ToString();
        const string Scheme = "Basic ";
        bool isBasic = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
        return CryptographicOperations.FixedTimeEquals(_basic, Hash(isBasic ? Decode(header[Scheme.Length..].Trim()) : "")) && isBasic;
    }

    /// <summary>An operator: the bearer token is right or, where none is configured, the request is from this machine to a loopback listener.</summary>
    public bool IsAdmin(HttpContext context)
    {
        if (_admin is null)
        {
            return ClientAddress.IsLocal(context);
        }

        string header = context.Request.Headers.Authorization.ToString();
        const string Scheme = "Bearer ";
        bool isBearer = header.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);
        return CryptographicOperations.FixedTimeEquals(_admin, Hash(isBearer ? header[Scheme.Length..].Trim() : "")) && isBearer;
    }

    private static string Decode(string base64)
    {
        byte[] bytes = new byte[(base64.Length * 3 / 4) + 3];
        return Convert.TryFromBase64String(base64, bytes, out int written) ? Encoding.UTF8.GetString(bytes, 0, written) : "";
    }

    private static byte[] Hash(string text) => SHA256.HashData(Encoding.UTF8.GetBytes(text));
}
