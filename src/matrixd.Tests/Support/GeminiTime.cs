using System.Threading.Channels;

namespace Matrixd.Tests.Support;

/// <summary>A clock with timers that stands still until a test moves it.</summary>
/// <remarks>Timers fire on the thread that moves it. Every setting of a timer is told, so that a test can wait for it instead of sleeping.</remarks>
internal sealed class GeminiTime : TimeProvider
{
    private const long Factor = 7; // no code may take timestamps for ticks
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly Lock _gate = new();
    private readonly List<VirtualTimer> _timers = [];
    private readonly Channel<TimeSpan> _armed = Channel.CreateUnbounded<TimeSpan>();
    private DateTimeOffset _wall = new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);
    private long _ticks = 1;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond * Factor;

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
        var timer = new VirtualTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the wall clock alone.</summary>
    public void JumpWallClock(TimeSpan by)
    {
        lock (_gate)
        {
            _wall += by;
        }
    }

    /// <summary>Moves both clocks; timers that come due fire in order.</summary>
    public void Advance(TimeSpan by)
    {
        long target;
        lock (_gate)
        {
            target = _ticks + by.Ticks;
        }

        while (true)
        {
            VirtualTimer? next;
            lock (_gate)
            {
                next = _timers.Where(t => t.DueTicks <= target).MinBy(t => t.DueTicks);
                long to = next?.DueTicks ?? target;
                _wall += TimeSpan.FromTicks(Math.Max(0, to - _ticks));
                _ticks = Math.Max(_ticks, to);
                if (next is null)
                {
                    return;
                }

                _timers.Remove(next);
            }

            next.Fire();
        }
    }

    /// <summary>Waits until a timer is set to a wait that fits; settings before the last call are not looked at again.</summary>
    public async Task<TimeSpan> ArmedAsync(Func<TimeSpan, bool> fits)
    {
        using var limit = new CancellationTokenSource(s_patience);
        while (true)
        {
            TimeSpan due = await _armed.Reader.ReadAsync(limit.Token);
            if (fits(due))
            {
                return due;
            }
        }
    }

    /// <summary>Puts back a setting that was looked at.</summary>
    public void Rearmed(TimeSpan due) => _armed.Writer.TryWrite(due);

    private sealed class VirtualTimer(GeminiTime time, Action fire) : ITimer
    {
        public long DueTicks { get; private set; }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
                if (dueTime != Timeout.InfiniteTimeSpan)
                {
                    DueTicks = time._ticks + dueTime.Ticks;
                    time._timers.Add(this);
                    time._armed.Writer.TryWrite(dueTime);
                }
            }

            return true;
        }

        public void Dispose()
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
            }
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
