using Matrixd.Benchmarks;
using Xunit;

namespace Matrixd.Tests.Benchmarks;

public class WindowClockTests
{
    [Fact]
    public void A_window_has_three_moments_each_once()
    {
        WindowClock clock = new();
        Assert.Equal(WindowMoment.None, clock.Step(0, 5));

        clock.Begin(new LoadUsage(100, 0, 0, 0), 50);
        Assert.Equal(WindowMoment.None, clock.Step(104, 5));
        Assert.Equal(WindowMoment.Early, clock.Step(105, 5));
        Assert.Equal(WindowMoment.None, clock.Step(149, 5));
        Assert.Equal(WindowMoment.End, clock.Step(152, 5));
        Assert.Equal(WindowMoment.None, clock.Step(156, 5));
        Assert.Equal(WindowMoment.Over, clock.Step(157, 5));
        Assert.Equal(WindowMoment.None, clock.Step(1000, 5));
    }

    [Fact]
    public void It_can_be_used_again()
    {
        WindowClock clock = new();
        for (int i = 0; i < 2; i++)
        {
            clock.Begin(new LoadUsage(1000 * i, 0, 0, 0), 10);
            Assert.Equal(WindowMoment.Early, clock.Step((1000 * i) + 500, 5));
            Assert.Equal(WindowMoment.End, clock.Step((1000 * i) + 500, 5));
            Assert.Equal(WindowMoment.Over, clock.Step((1000 * i) + 505, 5));
        }
    }
}
