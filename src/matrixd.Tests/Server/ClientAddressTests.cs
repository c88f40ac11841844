using System.Net;
using Matrixd.Server;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Matrixd.Tests.Server;

// S7
public sealed class ClientAddressTests
{
    private static readonly ClientAddress s_clients = new([IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("2001:db8::/32")]);

    [Theory]
    [InlineData("203.0.113.7", "", "203.0.113.7")]
    [InlineData("203.0.113.7", "198.51.100.1", "203.0.113.7")] // not a proxy of ours: it may say what it likes
    [InlineData("10.0.0.1", "", "10.0.0.1")]
    [InlineData("10.0.0.1", "198.51.100.1", "198.51.100.1")]
    [InlineData("10.0.0.1", "1.1.1.1, 198.51.100.1", "198.51.100.1")] // what stands left of an untrusted hop is hearsay
    [InlineData("10.0.0.1", "198.51.100.1, 10.0.0.2", "198.51.100.1")]
    [InlineData("10.0.0.1", "127.0.0.1, 198.51.100.1, 10.0.0.2, 10.0.0.3", "198.51.100.1")]
    [InlineData("10.0.0.1", "10.0.0.9, 10.0.0.2", "10.0.0.9")]
    [InlineData("10.0.0.1", "198.51.100.1, rubbish", "10.0.0.1")]
    [InlineData("10.0.0.1", "rubbish", "10.0.0.1")]
    [InlineData("10.0.0.1", " , ,198.51.100.1,", "198.51.100.1")]
    [InlineData("::ffff:10.0.0.1", "::ffff:198.51.100.1", "198.51.100.1")]
    [InlineData("2001:db8::1", "2001:4860::8", "2001:4860::8")]
    public void The_nearest_hop_that_is_not_ours_is_who_is_there(string remote, string forwarded, string client)
    {
        DefaultHttpContext context = Context(remote);
        if (forwarded.Length > 0)
        {
            context.Request.Headers["X-Forwarded-For"] = forwarded;
        }

        Assert.Equal(IPAddress.Parse(client), s_clients.Of(context));
    }

    [Fact]
    public void A_chain_without_end_is_not_followed()
    {
        DefaultHttpContext context = Context("10.0.0.1");
        context.Request.Headers["X-Forwarded-For"] = "198.51.100.1, " + string.Join(", ", Enumerable.Repeat("10.0.0.2", 10_000));
        Assert.Equal(IPAddress.Parse("10.0.0.2"), s_clients.Of(context));
    }

    [Fact]
    public void Two_headers_are_one_chain()
    {
        DefaultHttpContext context = Context("10.0.0.1");
        context.Request.Headers["X-Forwarded-For"] = new Microsoft.Extensions.Primitives.StringValues(["1.1.1.1", "198.51.100.1"]);
        Assert.Equal(IPAddress.Parse("198.51.100.1"), s_clients.Of(context));
    }

    [Theory]
    [InlineData("10.0.0.1", "https", true)]
    [InlineData("10.0.0.1", "http", false)]
    [InlineData("203.0.113.7", "https", false)]
    public void TLS_at_the_proxy_counts_where_the_proxy_is_ours(string remote, string proto, bool secure)
    {
        DefaultHttpContext context = Context(remote);
        context.Request.Headers["X-Forwarded-Proto"] = proto;
        Assert.Equal(secure, s_clients.IsSecure(context));
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1", "127.0.0.1:8080", "", "", true)]
    [InlineData("::1", "::1", "[::1]:8080", "", "", true)]
    [InlineData("::ffff:127.0.0.1", "::ffff:127.0.0.1", "localhost:8080", "", "", true)]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost", "Origin", "http://localhost", true)] // a page of ours
    [InlineData("127.0.0.1", "127.0.0.1", "localhost", "Origin", "https://evil.example", false)]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost", "Origin", "null", false)]
    [InlineData("127.0.0.1", "127.0.0.1", "evil.example", "", "", false)] // a name that was turned to our address
    [InlineData("127.0.0.1", "127.0.0.1", "", "", "", false)]
    [InlineData("203.0.113.7", "127.0.0.1", "localhost", "", "", false)]
    [InlineData("127.0.0.1", "203.0.113.7", "localhost", "", "", false)]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost", "X-Forwarded-For", "127.0.0.1", false)]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost", "X-Real-IP", "127.0.0.1", false)]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost", "Forwarded", "for=x", false)]
    [InlineData("127.0.0.1", "127.0.0.1", "localhost", "Via", "1.1 proxy", false)]
    public void Only_this_machine_itself_is_local(string remote, string local, string host, string header, string value, bool isLocal)
    {
        DefaultHttpContext context = Context(remote, local);
        context.Request.Scheme = "http";
        context.Request.Host = new HostString(host);
        if (header.Length > 0)
        {
            context.Request.Headers[header] = value;
        }

        Assert.Equal(isLocal, ClientAddress.IsLocal(context));
    }

    internal static DefaultHttpContext Context(string remote, string local = "127.0.0.1")
    {
        DefaultHttpContext context = new();
        context.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        context.Connection.LocalIpAddress = IPAddress.Parse(local);
        return context;
    }
}
