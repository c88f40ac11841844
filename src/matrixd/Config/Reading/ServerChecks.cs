using System.Net;
using Matrixd.Server;

namespace Matrixd.Config;

/// <summary>What must hold between the keys of <c>[server]</c>, and between them and the machine.</summary>
internal static class ServerChecks
{
    /// <summary>A shorter admin token can be guessed.</summary>
    private const int ShortToken = 16;

    public static void Run(ConfigLoad load, ConfigSections sections)
    {
        SectionValues server = sections.Server;
        CheckListen(server);
        CheckPair(server);
        TlsFiles.Check(load, server);
        string token = server.Text(ServerKeys.AdminToken);
        if (token.Length is > 0 and < ShortToken)
        {
            server.Warn(server.IsSet(ServerKeys.AdminTokenFile) ? ServerKeys.AdminTokenFile : ServerKeys.AdminToken, $"the token has fewer than {ShortToken} characters", "make a long one: openssl rand -hex 24");
        }
        else if (token.Length == 0 && server.Text(ServerKeys.PublicUrl).Length > 0)
        {
            server.Warn(ServerKeys.PublicUrl, "is set, and there is no admin token: behind a proxy on this machine that hides where requests come from, everybody is an operator", "set admin_token_file, or let the proxy pass on stream_path and dynamic_path alone");
        }
    }

    private static void CheckListen(SectionValues server)
    {
        IReadOnlyList<LocatedText> items = server.List(ServerKeys.Listen);
        if (items.Count == 0 && !server.IsRefused(ServerKeys.Listen))
        {
            server.Error(ServerKeys.Listen, "must name at least one address", "such as [\"127.0.0.1:8080\"]");
        }

        HashSet<(string, int)> seen = [];
        foreach (LocatedText item in items)
        {
            bool good = ListenAddresses.TryParse(item.Text, out ListenAddress address, out _);
            if (good && address.Port != 0 && !seen.Add((address.Host, address.Port)))
            {
                server.Error(ServerKeys.Listen, "names the same address twice", "", item.Position);
            }

            if (address.Tls && server.Text(ServerKeys.TlsCertificate).Length == 0)
            {
                server.Error(ServerKeys.Listen, "speaks TLS, but there is no certificate", "set tls_certificate and tls_key, or write http:// and put a TLS proxy in front", item.Position);
            }
        }
    }

    private static void CheckPair(SectionValues server)
    {
        bool certificate = server.Text(ServerKeys.TlsCertificate).Length > 0;
        bool key = server.Text(ServerKeys.TlsKey).Length > 0;
        if (key && !certificate)
        {
            server.Error(ServerKeys.TlsKey, "has no certificate", "set tls_certificate too");
        }
        else if (certificate && !key)
        {
            server.Error(ServerKeys.TlsCertificate, "has no key", "set tls_key too");
        }
    }
}
