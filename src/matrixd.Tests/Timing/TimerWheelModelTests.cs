using Matrixd.Tests.Support;
using Matrixd.Timing;
using Xunit;

namespace Matrixd.Tests.Timing;

/// <summary>The wheel against a list of who is due when: whatever is set, cancelled and set anew, from wherever.</summary>
public class TimerWheelModelTests
{
    private const int Timers = 300; // more than the wheel's tables begin with
    private readonly VirtualTime _time = new();
    private readonly TimerWheel _wheel;
    private readonly WheelTimer[] _timers;
    private readonly Dictionary<int, long> _due = []; // timer: tick
    private Random _random = new(0);
    private long _tick; // the last one that has fired, or is firing
    private int _fired;
    private bool _quiet; // nothing is changed when a timer fires

    public TimerWheelModelTests()
    {
        _wheel = new TimerWheel(_time);
        _timers = [.. Enumerable.Range(0, Timers).Select(i => new WheelTimer(() => OnFired(i)))];
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Everything_fires_at_its_tick_and_nothing_else_does(int seed)
    {
        _random = new Random(seed);
        for (int step = 0; step < 4000; step++)
        {
            for (int i = _random.Next(8); i > 0; i--)
            {
                Change();
            }

            Advance(TimeSpan.FromTicks(_random.NextInt64(_random.Next(30) == 0 ? TimeSpan.TicksPerSecond * 9 : TimeSpan.TicksPerMillisecond * 25)));
        }

        Assert.InRange(_fired, 1000, int.MaxValue);
        Advance(TimeSpan.FromMinutes(1), quiet: true);
        Assert.Empty(_due);
    }

    [Fact]
    public void More_timers_than_the_tables_begin_with_all_fire_in_order_and_may_be_set_anew()
    {
        for (int turn = 0; turn < 3; turn++)
        {
            for (int i = 0; i < Timers; i++)
            {
                Set(i, TimeSpan.FromMilliseconds(5 * (Timers - i)));
            }

            int before = _fired;
            Advance(TimeSpan.FromMilliseconds((5 * Timers) + 5), quiet: true);
            Assert.Equal(Timers, _fired - before);
        }
    }

    [Fact]
    public void Half_of_them_cancelled_and_others_in_their_places_leave_the_other_half_as_it_was()
    {
        for (int i = 0; i < 200; i++)
        {
            Set(i, TimeSpan.FromMilliseconds(100 + i));
        }

        for (int i = 0; i < 200; i += 2)
        {
            Cancel(i);
        }

        for (int i = 200; i < Timers; i++)
        {
            Set(i, TimeSpan.FromSeconds(8));
        }

        Advance(TimeSpan.FromSeconds(1), quiet: true);
        Assert.Equal(100, _fired);
        Advance(TimeSpan.FromSeconds(8), quiet: true);
        Assert.Equal(200, _fired);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-20)]
    public void A_timer_that_is_set_to_now_or_earlier_fires_at_the_next_tick_on_the_tick_too_and_from_another_s_fire(int milliseconds)
    {
        Advance(TimeSpan.FromMilliseconds(50), quiet: true);
        Set(0, TimeSpan.FromMilliseconds(milliseconds));
        Advance(TimeSpan.FromMilliseconds(4), quiet: true);
        Assert.Equal(0, _fired);
        Advance(TimeSpan.FromMilliseconds(1), quiet: true);
        Assert.Equal(1, _fired);

        List<long> ticks = [];
        WheelTimer? again = null;
        again = new WheelTimer(() =>
        {
            ticks.Add(Now);
            if (ticks.Count < 3)
            {
                _wheel.Set(again!, TimeSpan.FromMilliseconds(milliseconds));
            }
        });
        _wheel.Set(again, TimeSpan.FromMilliseconds(5));
        for (int i = 0; i < 4; i++)
        {
            _time.Advance(TimerWheel.Tick);
            _wheel.Advance();
        }

        Assert.Equal([12, 13, 14], ticks);
    }

    [Fact]
    public void What_lies_turns_of_the_wheel_apart_in_the_same_place_fires_each_in_its_turn()
    {
        for (int turn = 0; turn < 5; turn++)
        {
            Set(turn, TimeSpan.FromMilliseconds(10 + (turn * 5120)));
        }

        for (int turn = 0; turn < 5; turn++)
        {
            Advance(TimeSpan.FromMilliseconds(turn == 0 ? 10 : 5115), quiet: true);
            Assert.Equal(turn == 0 ? 1 : turn, _fired);
            Advance(TimeSpan.FromMilliseconds(turn == 0 ? 0 : 5), quiet: true);
            Assert.Equal(turn + 1, _fired);
        }
    }

    private void OnFired(int timer)
    {
        Assert.True(_due.Remove(timer, out long due), $"timer {timer} fired and was not set");
        Assert.True(due >= _tick, $"timer {timer} fired at {_tick}, after it was due at {due}");
        Assert.True(due <= Now, $"timer {timer} is due at {due} and fired at {Now}");
        Assert.True(_due.Values.All(other => other >= due), $"one that was due before {due} has been left out");
        _tick = due;
        _fired++;
        if (!_quiet && _random.Next(2) == 0)
        {
            Set(timer, Delay()); // itself
        }

        for (int i = _quiet ? 0 : _random.Next(3); i > 0; i--)
        {
            Change();
        }
    }

    private long Now => _wheel.Now.Ticks / TimerWheel.Tick.Ticks;

    private void Change()
    {
        int timer = _random.Next(Timers);
        KeyValuePair<int, long>[] sameTick = [.. _due.Where(other => other.Value == _tick)];
        if (sameTick.Length > 0 && _random.Next(2) == 0)
        {
            timer = sameTick[_random.Next(sameTick.Length)].Key; // one that is due beside the one that fires
        }

        if (_random.Next(3) == 0)
        {
            Cancel(timer);
        }
        else
        {
            Set(timer, Delay());
        }
    }

    private TimeSpan Delay() => _random.Next(4) switch
    {
        0 => TimeSpan.FromMilliseconds(_random.Next(4) * 5),
        1 => TimeSpan.FromTicks(_random.NextInt64(TimeSpan.TicksPerSecond * 20)),
        2 => TimeSpan.FromMilliseconds(5120 * _random.Next(4)),
        _ => TimeSpan.FromTicks(_random.NextInt64(TimeSpan.TicksPerMillisecond * 300)),
    };

    private void Set(int timer, TimeSpan delay)
    {
        _due[timer] = Math.Max(((_wheel.Now + delay).Ticks + TimerWheel.Tick.Ticks - 1) / TimerWheel.Tick.Ticks, _tick + 1);
        _wheel.Set(_timers[timer], delay);
    }

    private void Cancel(int timer)
    {
        _due.Remove(timer);
        _wheel.Cancel(_timers[timer]);
    }

    private void Advance(TimeSpan by, bool quiet = false)
    {
        _quiet = quiet;
        _time.Advance(by);
        int before = _fired;
        int said = _wheel.Advance();
        _tick = Now;
        Assert.Equal(_fired - before, said);
        Assert.All(_due, other => Assert.True(other.Value > Now, $"timer {other.Key} was due at {other.Value} and has not fired by {Now}"));
    }
}
