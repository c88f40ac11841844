using System.Globalization;
using System.IO.Pipelines;
using System.Text;

namespace Matrixd.Transport;

/// <summary>A tunnel through an HTTP proxy. Source: RFC 9110 §9.3.6.</summary>
internal sealed class HttpProxy
{
    private readonly string _authorization;

    private HttpProxy(Uri address)
    {
        Host = address.IdnHost;
        Port = address.Port;
        _authorization = address.UserInfo.Length == 0
            ? ""
            : "Proxy-Authorization: Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(Uri.UnescapeDataString(address.UserInfo))) + "\r\n";
    }

    public string Host { get; }

    public int Port { get; }

    /// <summary>Reads <c>http://[user:password@]host:port</c>.</summary>
    /// <returns>False where it is anything else.</returns>
    public static bool TryParse(string text, out HttpProxy? proxy)
    {
        proxy = Uri.TryCreate(text, UriKind.Absolute, out Uri? address) && address.Scheme == Uri.UriSchemeHttp && address.PathAndQuery == "/"
            ? new HttpProxy(address)
            : null;
        return proxy is not null;
    }

    /// <summary>Asks for a tunnel to <paramref name="host"/>; afterwards the transport is a connection to it.</summary>
    /// <returns>The proxy's answer; 2xx: the tunnel stands.</returns>
    public async Task<HttpHead> TunnelAsync(LinkTransport transport, string host, int port, CancellationToken stopping)
    {
        string authority = HostHeader.For(host, port, -1);
        string request = string.Create(CultureInfo.InvariantCulture, $"CONNECT {authority} HTTP/1.1\r\nHost: {authority}\r\n{_authorization}\r\n");
        await transport.WriteAsync(Encoding.ASCII.GetBytes(request), stopping);
        HttpHead head = await HttpHead.ReadAsync(transport.Input, stopping);

        // Behind a tunnel it is for us to speak first, so nothing can have been read ahead.
        if (head.Status is >= 200 and < 300 && transport.Input.TryRead(out ReadResult ahead))
        {
            bool spoke = !ahead.Buffer.IsEmpty;
            transport.Input.AdvanceTo(ahead.Buffer.Start);
            if (spoke)
            {
                throw new InvalidDataException("the proxy sent data before the tunnel was used");
            }
        }

        return head;
    }
}
