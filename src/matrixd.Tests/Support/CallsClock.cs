namespace Matrixd.Tests.Support;

/// <summary>A clock with timers that stands still until a test moves it; moving it allocates nothing where no timer is set.</summary>
/// <remarks>Its frequency is odd on purpose: code that takes timestamps for ticks fails. Timers fire on the thread that moves it.</remarks>
internal sealed class CallsClock : TimeProvider
{
    private const long Factor = 7;
    private readonly Lock _gate = new();
    private readonly List<Timer> _timers = [];
    private DateTimeOffset _wall = new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond * Factor;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _ticks * Factor;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _wall;
        }
    }

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Timer timer = new(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the wall clock alone, as an operator or NTP does.</summary>
    public void JumpWallClock(TimeSpan by)
    {
        lock (_gate)
        {
            _wall += by;
        }
    }

    public void Advance(TimeSpan by)
    {
        List<Timer>? due = null;
        lock (_gate)
        {
            _ticks += by.Ticks;
            _wall += by;
            if (_timers.Count > 0)
            {
                due = _timers.FindAll(timer => timer.DueTicks <= _ticks);
                _timers.RemoveAll(due.Contains);
            }
        }

        due?.ForEach(timer => timer.Fire());
    }

    private sealed class Timer(CallsClock clock, Action fire) : ITimer
    {
        public long DueTicks { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (clock._gate)
            {
                clock._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    DueTicks = clock._ticks + dueTime.Ticks;
                    clock._timers.Add(this);
                }
            }

            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
