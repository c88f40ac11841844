namespace Matrixd.Timing;

/// <summary>One hashed wheel of timers shared by all calls: no timer object per call, no allocation to set one.</summary>
/// <remarks>
/// Any thread may set or cancel. Timers fire on the thread that calls <see cref="Advance"/>, outside the wheel's lock, in
/// order of their ticks; a timer never fires early, and at most one tick plus the driver's lateness late.
/// The wheel knows only the time it is told, so tests drive it with virtual time and the daemon with <see cref="WheelDriver"/>.
/// Its lists are of numbers, close together in memory: walking them does not touch the timers of calls that have nothing to do, and setting one
/// stores no reference between objects, which would be memory for the next collection to walk.
/// </remarks>
internal sealed class TimerWheel
{
    /// <summary>Resolution of every timer. Playout decides in steps of 200 ms with a lead of 300 ms: 5 ms is well inside.</summary>
    public static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);

    private const int SlotCount = 1024; // 5.12 s a turn; a longer timer waits for its round
    private const int DueList = SlotCount;
    private const int None = -1;
    private readonly int[] _lists = new int[SlotCount + 1]; // the first node of each
    private readonly Lock _gate = new();
    private readonly TimeProvider _clock;
    private readonly long _origin;
    private Node[] _nodes = new Node[64];
    private WheelTimer?[] _timers = new WheelTimer?[64]; // whose node it is, while it is set
    private int _free = None;
    private int _made;
    private long _tick; // the last tick whose timers have fired

    public TimerWheel(TimeProvider clock)
    {
        _clock = clock;
        _origin = clock.GetTimestamp();
        Array.Fill(_lists, None);
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
            int node = timer.Node;
            if (node == None)
            {
                node = Take();
                _timers[node] = timer;
                timer.Node = node;
            }
            else
            {
                Unlink(node);
            }

            tick = Math.Max(tick, _tick + 1);
            _nodes[node].DueTick = tick;
            Link(node, (int)(tick % SlotCount));
        }
    }

    /// <summary>Takes the timer out. One that is firing on another thread at this moment still arrives.</summary>
    public void Cancel(WheelTimer timer)
    {
        lock (_gate)
        {
            if (timer.Node != None)
            {
                Remove(timer);
            }
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
            int node = _lists[_tick % SlotCount];
            while (node != None)
            {
                int next = _nodes[node].Next;
                if (_nodes[node].DueTick <= _tick)
                {
                    Unlink(node);
                    Link(node, DueList);
                }

                node = next;
            }
        }
    }

    private WheelTimer? TakeCollected()
    {
        lock (_gate)
        {
            int node = _lists[DueList];
            if (node == None)
            {
                return null;
            }

            WheelTimer timer = _timers[node]!;
            Remove(timer);
            return timer;
        }
    }

    private int Take()
    {
        if (_free != None)
        {
            int node = _free;
            _free = _nodes[node].Next;
            return node;
        }

        if (_made == _nodes.Length)
        {
            Array.Resize(ref _nodes, 2 * _made);
            Array.Resize(ref _timers, 2 * _made);
        }

        return _made++;
    }

    private void Remove(WheelTimer timer)
    {
        int node = timer.Node;
        Unlink(node);
        timer.Node = None;
        _timers[node] = null;
        _nodes[node].Next = _free;
        _free = node;
    }

    private void Link(int node, int list)
    {
        int head = _lists[list];
        ref Node one = ref _nodes[node];
        one.Next = head;
        one.Previous = None;
        one.List = list;
        if (head != None)
        {
            _nodes[head].Previous = node;
        }

        _lists[list] = node;
    }

    private void Unlink(int node)
    {
        Node one = _nodes[node];
        if (one.Previous != None)
        {
            _nodes[one.Previous].Next = one.Next;
        }
        else
        {
            _lists[one.List] = one.Next;
        }

        if (one.Next != None)
        {
            _nodes[one.Next].Previous = one.Previous;
        }
    }

    // A timer's place in one of the lists.
    private struct Node
    {
        public long DueTick;
        public int Next;
        public int Previous;
        public int List;
    }
}
