using System.Net;

namespace Matrixd.Transport;

/// <summary>The same proxy that a dial tunnels through, for an HTTP client.</summary>
internal static class RestProxy
{
    /// <summary>Reads <c>http://[user:password@]host:port</c>; null where it is empty.</summary>
    /// <remarks>Credentials go beside the address, not in it: the client's errors quote the address.</remarks>
    public static IWebProxy? Of(string proxy)
    {
        if (proxy.Length == 0)
        {
            return null;
        }

        Uri address = new(proxy);
        var bare = new WebProxy(new UriBuilder(address) { UserName = "", Password = "" }.Uri);
        if (address.UserInfo.Split(':', 2) is [{ Length: > 0 } user, string password])
        {
            bare.Credentials = new NetworkCredential(Uri.UnescapeDataString(user), Uri.UnescapeDataString(password));
        }

        return bare;
    }
}
