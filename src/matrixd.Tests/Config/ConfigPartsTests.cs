using System.Net;
using Matrixd.Config;
using Xunit;

namespace Matrixd.Tests.Config;

/// <summary>The small readers of values.</summary>
public sealed class ConfigPartsTests
{
    [Theory]
    [InlineData("300ms", 300, "300ms")]
    [InlineData("8s", 8_000, "8s")]
    [InlineData("600s", 600_000, "10m")]
    [InlineData("1h", 3_600_000, "1h")]
    [InlineData("1m30s", 90_000, "1m30s")]
    [InlineData("1h2m3s4ms", 3_723_004, "1h2m3s4ms")]
    [InlineData("90m", 5_400_000, "1h30m")]
    [InlineData("0s", 0, "0s")]
    public void A_duration_reads_and_writes(string text, int milliseconds, string written)
    {
        Assert.True(Durations.TryParse(text, out TimeSpan value));
        Assert.Equal(TimeSpan.FromMilliseconds(milliseconds), value);
        Assert.Equal(written, Durations.Format(value));
    }

    [Theory]
    [InlineData("")]
    [InlineData("8")]
    [InlineData("s")]
    [InlineData("-8s")]
    [InlineData("+8s")]
    [InlineData("8 s")]
    [InlineData(" 8s")]
    [InlineData("8S")]
    [InlineData("1.5s")]
    [InlineData("30s1m")]
    [InlineData("1s2s")]
    [InlineData("1d")]
    [InlineData("1ms2s")]
    [InlineData("99999999999999999999s")]
    [InlineData("9223372036854775807h")]
    public void What_is_no_duration_is_refused(string text) => Assert.False(Durations.TryParse(text, out _));

    [Theory]
    [InlineData("203.0.113.0/24", "203.0.113.0/24")]
    [InlineData("203.0.113.9", "203.0.113.9/32")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("10.128.0.0/9", "10.128.0.0/9")]
    [InlineData("2001:db8::/32", "2001:db8::/32")]
    [InlineData("::1", "::1/128")]
    public void A_network_reads(string text, string expected)
    {
        Assert.True(Networks.TryParse(text, out IPNetwork network, out _));
        Assert.Equal(IPNetwork.Parse(expected), network);
    }

    [Theory]
    [InlineData("203.0.113")]
    [InlineData("203.0.113.0/")]
    [InlineData("203.0.113.0/-1")]
    [InlineData("203.0.113.0/33")]
    [InlineData("2001:db8::/129")]
    [InlineData("10.129.0.0/9")]
    [InlineData("2001:db8::1/64")]
    [InlineData("/24")]
    public void What_is_no_network_is_refused(string text)
    {
        Assert.False(Networks.TryParse(text, out _, out ConfigRefusal? refusal));
        Assert.NotNull(refusal);
    }

    [Theory]
    [InlineData("drain-timeout", "drain_timeout")]
    [InlineData("draintimeout", "drain_timeout")]
    [InlineData("timeout", "drain_timeout")]
    [InlineData("Listen", "listen")]
    [InlineData("lisetn", "listen")]
    [InlineData("xyz", null)]
    [InlineData("", null)]
    public void The_nearest_name_is_found_or_none(string name, string? expected) => Assert.Equal(expected, Nearest.Of(name, ["listen", "drain_timeout", "max_calls"]));

    [Theory]
    [InlineData("08040000000", "…0000")]
    [InlineData("+918040001234", "…1234")]
    [InlineData("1234", "…")]
    public void A_number_is_shown_by_its_last_digits(string number, string shown) => Assert.Equal(shown, ConfigText.MaskNumber(number));
}
