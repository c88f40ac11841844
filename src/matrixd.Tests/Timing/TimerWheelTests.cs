using Matrixd.Tests.Support;
using Matrixd.Timing;
using Xunit;

namespace Matrixd.Tests.Timing;

public class TimerWheelTests
{
    private readonly VirtualTime _time = new();
    private readonly TimerWheel _wheel;
    private readonly List<string> _fired = [];

    public TimerWheelTests() => _wheel = new TimerWheel(_time);

    [Theory]
    [InlineData(1)]
    [InlineData(5)]
    [InlineData(199)]
    [InlineData(5_120)]
    [InlineData(3_600_000)]
    public void A_timer_never_fires_early_and_at_most_one_tick_late(int milliseconds)
    {
        Set("a", milliseconds);

        Run(milliseconds - 1);
        Assert.Empty(_fired);
        Run(6);
        Assert.Equal(["a"], _fired);
        Run(20_000);
        Assert.Equal(["a"], _fired);
    }

    [Fact]
    public void A_timer_set_again_fires_once_at_its_last_setting()
    {
        WheelTimer timer = Set("a", 100);
        _wheel.Set(timer, TimeSpan.FromMilliseconds(300));

        Run(200);
        Assert.Empty(_fired);
        Run(110);
        Assert.Equal(["a"], _fired);
    }

    [Fact]
    public void A_cancelled_timer_does_not_fire_even_when_another_of_the_same_tick_cancels_it()
    {
        WheelTimer victim = new(() => _fired.Add("victim"));
        WheelTimer first = new(() => _wheel.Cancel(victim));
        _wheel.Set(first, TimeSpan.FromMilliseconds(50));
        _wheel.Set(victim, TimeSpan.FromMilliseconds(50));

        Run(100);

        Assert.Empty(_fired);
    }

    [Fact]
    public void A_timer_that_sets_itself_keeps_its_period_over_many_rounds_of_the_wheel()
    {
        WheelTimer? timer = null;
        timer = new WheelTimer(() =>
        {
            _fired.Add("tick");
            _wheel.Set(timer!, TimeSpan.FromMilliseconds(20));
        });
        _wheel.Set(timer, TimeSpan.FromMilliseconds(20));

        Run(20_000);

        Assert.InRange(_fired.Count, 799, 1000);
    }

    [Fact]
    public void A_late_driver_fires_everything_that_is_due_in_order()
    {
        Set("late", 3000);
        Set("early", 10);
        Set("middle", 700);

        _time.Advance(TimeSpan.FromSeconds(30));
        _wheel.Advance();

        Assert.Equal(["early", "middle", "late"], _fired);
    }

    private WheelTimer Set(string name, int milliseconds)
    {
        WheelTimer timer = new(() => _fired.Add(name));
        _wheel.Set(timer, TimeSpan.FromMilliseconds(milliseconds));
        return timer;
    }

    private void Run(int milliseconds)
    {
        for (int i = 0; i < milliseconds; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(1));
            _wheel.Advance();
        }
    }
}
