using Matrixd.Gemini;
using Xunit;

namespace Matrixd.Tests.Gemini;

public sealed class TokenWindowsTests
{
    [Theory]
    [InlineData(60, 60, "60 147 222")]
    [InlineData(5, 60, "5 26 101")]
    [InlineData(720, 60, "720 1115 1190")] // the service's bound: less than two refreshes, whole calls
    [InlineData(1140, 60, "1012.7 1115 1190")] // refreshed sooner than asked
    [InlineData(60, 1080, "60 95 1190")]
    [InlineData(60, 1440, "12.7 15 1190")] // no token lives as long as such a call
    public void Windows_keep_to_the_services_bound(int refreshMinutes, int callMinutes, string windows)
    {
        TokenWindows w = TokenWindows.ForShared(TimeSpan.FromMinutes(refreshMinutes), TimeSpan.FromMinutes(callMinutes));

        Assert.Equal(windows, $"{w.RefreshEvery.TotalMinutes:0.#} {w.NewSession.TotalMinutes:0.#} {w.Expiry.TotalMinutes:0.#}");
    }

    [Fact]
    public void No_setting_leaves_a_gap_in_which_no_call_can_start()
    {
        for (int refresh = 1; refresh < 3000; refresh += 7)
        {
            for (int call = 1; call < 3000; call += 31)
            {
                TokenWindows w = TokenWindows.ForShared(TimeSpan.FromMinutes(refresh), TimeSpan.FromMinutes(call));

                Assert.True(w.NewSession >= ((1 + TokenWindows.Jitter) * w.RefreshEvery) + TokenService.LeastLeft - TimeSpan.FromMilliseconds(1), $"{refresh} {call}: {w}");
                Assert.True(w.Expiry > w.NewSession && w.Expiry < TimeSpan.FromHours(20), $"{refresh} {call}: {w}");
            }
        }
    }
}
