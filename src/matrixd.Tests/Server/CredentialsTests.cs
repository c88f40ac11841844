using System.Net;
using System.Text;
using Matrixd.Exotel;
using Matrixd.Server;
using Matrixd.Tests.Support;
using Microsoft.AspNetCore.Http;
using Xunit;

namespace Matrixd.Tests.Server;

// P10
public sealed class CredentialsTests
{
    private static readonly ServerOptions s_server = new() { Listen = [], AdminToken = "s3cret-token" };
    private static readonly ExotelOptions s_exotel = new() { BasicUser = "exotel", BasicPassword = "pass:wörd" };

    public static TheoryData<string, bool> Basics => new()
    {
        { Basic("exotel:pass:wörd"), true },
        { Basic("exotel:pass:wörd").Replace("Basic", "basic", StringComparison.Ordinal), true }, // RFC 7235: the scheme is case-insensitive
        { Basic("exotel:pass:wörd") + " ", true },
        { Basic("exotel:pass:wör"), false },
        { Basic("exotel:pass:wördx"), false },
        { Basic("exotel:pass:Wörd"), false },
        { Basic("Exotel:pass:wörd"), false },
        { Basic("exotel"), false },
        { Basic("exotel:"), false },
        { Basic(":pass:wörd"), false },
        { Basic(""), false },
        { Basic("exotel:pass:wörd").Replace("Basic", "Bearer", StringComparison.Ordinal), false },
        { "Basic", false },
        { "Basic ???", false },
        { "Basic " + new string('A', 100_000), false },
        { Basic("exotel:pass:wörd") + "," + Basic("exotel:pass:wörd"), false },
        { Convert.ToBase64String(Encoding.UTF8.GetBytes("exotel:pass:wörd")), false },
        { "Basic exotel:pass:wörd", false },
        { "", false },
    };

    [Theory]
    [MemberData(nameof(Basics))]
    public void Only_the_very_credential_passes(string header, bool passes)
    {
        DefaultHttpContext context = ClientAddressTests.Context("203.0.113.7");
        context.Request.Headers.Authorization = header;
        Assert.Equal(passes, Of().HasBasic(context));
    }

    [Fact]
    public void Two_credentials_are_none()
    {
        DefaultHttpContext context = ClientAddressTests.Context("203.0.113.7");
        context.Request.Headers.Authorization = new Microsoft.Extensions.Primitives.StringValues(["Basic AAAA", Basic("exotel:pass:wörd")]);
        Assert.False(Of().HasBasic(context));
    }

    [Fact]
    public void Where_no_credential_is_configured_none_is_asked_for() =>
        Assert.True(Of(new ExotelOptions()).HasBasic(ClientAddressTests.Context("203.0.113.7")));

    [Theory]
    [InlineData("Bearer s3cret-token", true)]
    [InlineData("bearer  s3cret-token ", true)]
    [InlineData("Bearer s3cret-toke", false)]
    [InlineData("Bearer s3cret-tokenn", false)]
    [InlineData("Bearer ", false)]
    [InlineData("s3cret-token", false)]
    [InlineData("Basic s3cret-token", false)]
    [InlineData("", false)]
    public void Only_the_very_token_makes_an_operator(string header, bool passes)
    {
        DefaultHttpContext context = ClientAddressTests.Context("127.0.0.1");
        context.Request.Host = new HostString("localhost");
        context.Request.Headers.Authorization = header;
        Assert.Equal(passes, Of().IsAdmin(context)); // where there is a token, being local is not enough
    }

    [Fact]
    public void Without_a_token_the_machine_itself_is_the_operator()
    {
        Credentials credentials = new(s_server with { AdminToken = "" }, s_exotel, new ClientAddress([]));
        DefaultHttpContext local = ClientAddressTests.Context("127.0.0.1");
        local.Request.Host = new HostString("localhost");
        Assert.True(credentials.IsAdmin(local));
        Assert.False(credentials.IsAdmin(ClientAddressTests.Context("203.0.113.7")));
    }

    [Theory]
    [InlineData("203.0.113.7", true)]
    [InlineData("203.0.113.255", true)]
    [InlineData("203.0.114.1", false)]
    [InlineData("::ffff:203.0.113.7", true)]
    public void The_list_of_networks_holds(string remote, bool passes) =>
        Assert.Equal(passes, Of(s_exotel with { Allow = [IPNetwork.Parse("203.0.113.0/24")] }).IsAllowedAddress(ClientAddressTests.Context(remote)));

    [Fact]
    public void An_address_that_a_stranger_forwards_does_not_open_the_list()
    {
        DefaultHttpContext context = ClientAddressTests.Context("198.51.100.1");
        context.Request.Headers["X-Forwarded-For"] = "203.0.113.7";
        Assert.False(Of(s_exotel with { Allow = [IPNetwork.Parse("203.0.113.0/24")] }).IsAllowedAddress(context));
    }

    [Fact]
    public void Failures_of_one_network_are_slowed_down_for_a_minute_and_others_are_not()
    {
        CallsClock clock = new();
        FailureThrottle throttle = new(clock);
        for (int i = 0; i < 30; i++)
        {
            Assert.False(throttle.Fail(IPAddress.Parse($"203.0.113.{i}")));
        }

        Assert.True(throttle.Fail(IPAddress.Parse("203.0.113.200"))); // the whole /24 is one stranger
        int others = Enumerable.Range(0, 10).Count(i => throttle.Fail(IPAddress.Parse($"198.51.{i}.1")));
        Assert.InRange(others, 0, 1); // one may share its slot
        for (int i = 0; i < 30; i++)
        {
            throttle.Fail(IPAddress.Parse($"2001:db8:0:{i:x}::1"));
        }

        Assert.True(throttle.Fail(IPAddress.Parse("2001:db8:0:ffff::1"))); // and the whole /48
        clock.Advance(TimeSpan.FromMinutes(1));
        Assert.False(throttle.Fail(IPAddress.Parse("203.0.113.1")));
    }

    private static Credentials Of(ExotelOptions? exotel = null) => new(s_server, exotel ?? s_exotel, new ClientAddress([]));

    private static string Basic(string pair) => "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(pair));
}
