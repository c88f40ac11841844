namespace Matrixd.Timing;

/// <summary>A clock that stands still until it is moved: for calls that are played again.</summary>
/// <remarks>
/// One thread moves it; any thread may read it and set timers. Timers fire from <see cref="AdvanceTo"/>, outside the lock, in the order in which they are
/// due, those of one moment in the order in which they were set.
/// </remarks>
internal sealed class VirtualClock(DateTimeOffset start) : TimeProvider
{
    private readonly Lock _gate = new(); // the framework disposes of timers wherever it happens to be
    private readonly List<VirtualTimer> _timers = [];
    private long _now;
    private long _order;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    // The same whatever the machine is set to.
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <summary>Since the beginning.</summary>
    public TimeSpan Now => TimeSpan.FromTicks(Volatile.Read(ref _now));

    /// <summary>When the next timer is due; <see cref="TimeSpan.MaxValue"/>: none is set.</summary>
    public TimeSpan NextDue
    {
        get
        {
            lock (_gate)
            {
                return _timers.Count == 0 ? TimeSpan.MaxValue : _timers.Min(timer => timer.Due);
            }
        }
    }

    public override long GetTimestamp() => Volatile.Read(ref _now);

    public override DateTimeOffset GetUtcNow() => start + Now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        VirtualTimer timer = new(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves on, and fires what becomes due on the way. It never goes back.</summary>
    public void AdvanceTo(TimeSpan time)
    {
        while (TakeDue(time) is { } next)
        {
            Volatile.Write(ref _now, Math.Max(_now, next.Due.Ticks));
            next.Fire();
        }

        Volatile.Write(ref _now, Math.Max(_now, time.Ticks));
    }

    private VirtualTimer? TakeDue(TimeSpan time)
    {
        lock (_gate)
        {
            VirtualTimer? next = _timers.Where(timer => timer.Due <= time).OrderBy(timer => timer.Due).ThenBy(timer => timer.Order).FirstOrDefault();
            if (next is not null)
            {
                _timers.Remove(next);
            }

            return next;
        }
    }

    private void Set(VirtualTimer timer, TimeSpan? due)
    {
        lock (_gate)
        {
            _timers.Remove(timer);
            if (due is { } delay)
            {
                timer.Due = Now + delay;
                timer.Order = _order++;
                _timers.Add(timer);
            }
        }
    }

    private sealed class VirtualTimer(VirtualClock clock, TimerCallback callback, object? state) : ITimer
    {
        private TimeSpan _period;

        public TimeSpan Due { get; set; }

        public long Order { get; set; }

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            _period = period;
            clock.Set(this, dueTime >= TimeSpan.Zero ? dueTime : null);
            return true;
        }

        public void Fire()
        {
            if (_period > TimeSpan.Zero)
            {
                clock.Set(this, _period);
            }

            callback(state);
        }

        public void Dispose() => clock.Set(this, null);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
