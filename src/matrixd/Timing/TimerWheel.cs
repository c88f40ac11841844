namespace Matrixd.Timing;

/// <summary>One hashed wheel of timers shared by all calls: no timer object per call, no allocation to set one.</summary>
/// <remarks>
/// Any thread may set or cancel. Timers fire on the thread that calls <see cref="Advance"/>, outside the wheel's lock, in
/// order of their ticks; a timer never fires early, and at most one tick plus the driver's lateness late.
/// The wheel knows only the time it is told, so tests drive it with virtual time and the daemon with <see cref="WheelDriver"/>.
/// </remarks>
internal sealed class TimerWheel
{
    /// <summary>Resolution of every timer. Playout decides in steps of 200 ms with a lead of 300 ms: 5 ms is well inside.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private const int SlotCount = 1024; // 5.12 s a turn; a longer timer waits for its round
    private const int DueList = SlotCount;
    private readonly WheelTimer?[] _lists = new WheelTimer?[SlotCount + 1];
    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly long _origin;
    private long _tick; // the last tick whose timers have fired

    public TimerWheel(TimeProvider clock)
    {
        _clock = clock;
        _origin = clock.GetTimestamp();
    }

    /// <summary>The clock that timers and their owners share.</summary>
    public TimeProvider Clock => _clock;

    /// <summary>Time since the wheel was made; monotonic.</summary>
    public TimeSpan Now => _clock.GetElapsedTime(_origin);

    /// <summary>How long <see cref="Advance"/> would find nothing to do; asked by whoever calls it.</summary>
    public TimeSpan UntilTick => TimeSpan.FromTicks((_tick + 1) * Tick.Ticks) - Now;

    /// <summary>Sets <paramref name="timer"/> to fire once, <paramref name="delay"/> from now; replaces an earlier setting.</summary>
    public void Set(WheelTimer timer, TimeSpan delay)
    {
        long due = (Now + delay).Ticks;
        long tick = (due + Tick.Ticks - 1) / Tick.Ticks; // rounded up: never early
        lock (_gate)
        {
            Unlink(timer);
            timer.DueTick = Math.Max(tick, _tick + 1);
            Link(timer, (int)(timer.DueTick % SlotCount));
        }
    }

    /// <summary>Takes the timer out. One that is firing on another thread at this moment still arrives.</summary>
    public void Cancel(WheelTimer timer)
    {
        lock (_gate)
        {
            Unlink(timer);
        }
    }

    /// <summary>Fires what is due by now. Called by one thread at a time.</summary>
    /// <returns>The number of timers fired.</returns>
    public int Advance()
    {
        long target = Now.Ticks / Tick.Ticks;
        int fired = 0;
        while (_tick < target)
        {
            CollectDue();
            while (TakeCollected() is { } timer)
            {
                timer.Fire();
                fired++;
            }
        }

        return fired;
    }

    // The next tick's timers move to the list of due ones, where they can still be cancelled or set anew.
    private void CollectDue()
    {
        lock (_gate)
        {
            _tick++;
            WheelTimer? timer = _lists[_tick % SlotCount];
            while (timer is not null)
            {
                WheelTimer? next = timer.Next;
                if (timer.DueTick <= _tick)
                {
                    Unlink(timer);
                    Link(timer, DueList);
                }

                timer = next;
            }
        }
    }

    private WheelTimer? TakeCollected()
    {
        lock (_gate)
        {
            WheelTimer? timer = _lists[DueList];
            if (timer is not null)
            {
                Unlink(timer);
            }

            return timer;
        }
    }

    private void Link(WheelTimer timer, int list)
    {
        ref WheelTimer? head = ref _lists[list];
        timer.Next = head;
        timer.Previous = null;
        timer.List = list;
        if (head is not null)
        {
            head.Previous = timer;
        }

        head = timer;
    }

    private void Unlink(WheelTimer timer)
    {
        if (timer.List < 0)
        {
            return;
        }

        if (timer.Previous is not null)
        {
            timer.Previous.Next = timer.Next;
        }
        else
        {
            _lists[timer.List] = timer.Next;
        }

        if (timer.Next is not null)
        {
            timer.Next.Previous = timer.Previous;
        }

        timer.Previous = null;
        timer.Next = null;
        timer.List = -1;
    }
}
