using System.Runtime.InteropServices;
using Matrixd.Timing;

namespace Matrixd.Transport.Loop;

/// <summary>One thread on one epoll: it reads and writes the sockets given to it, and may drive the timer wheel.</summary>
/// <remarks>
/// Everything about a socket happens on its loop's thread: no lock, no hop from the read of one socket to the write of another.
/// Other threads <see cref="Post"/>. Nothing that runs here may block or wait. A fault of one handler ends that handler and is
/// reported; the loop goes on. Lifetime: <see cref="Start"/> to <see cref="Dispose"/>, which ends every handler.
/// </remarks>
internal sealed unsafe class EventLoop : IDisposable
{
    /// <summary>Size of <see cref="ReadBuffer"/> [bytes]: four TLS records, more than a caller sends in a second.</summary>
    public const int ReadBufferBytes = 64 * 1024;

    /// <summary>Longer than this without a look at its sockets is told: a caller would hear it.</summary>
    public static readonly TimeSpan Stall = TimeSpan.FromMilliseconds(100);

    // A thousand calls have some twenty sockets ready at a time.
    private const int EventsAtOnce = 256;
    private const int EpollCloseOnExec = 0x80000;
    private const int EventFdFlags = 0x80800; // EFD_CLOEXEC | EFD_NONBLOCK

    [ThreadStatic]
    private static EventLoop? t_current;

    private static readonly AsyncLocal<EventLoop?> s_home = new();

    private readonly Lock _late = new(); // what is posted to a loop that has ended runs one at a time
    private readonly TimerWheel? _wheel;
    private readonly TimeProvider _clock;
    private readonly ILoopOwner _owner;
    private readonly Thread _thread;
    private readonly EpollEvents _events = new(EventsAtOnce);
    private readonly HandlerTable _handlers = new();
    private readonly PostQueue _posted = new();
    private readonly LoopBatch _batch;
    private readonly int _epoll;
    private readonly int _wake;
    private byte* _readBuffer;
    private TlsMemory? _tls;
    private volatile bool _stopping;

    /// <param name="name">The thread's.</param>
    /// <param name="wheel">Advanced by this loop; null: by somebody else.</param>
    /// <param name="owner">Told of faults.</param>
    /// <exception cref="IOException">No descriptors are left.</exception>
    public EventLoop(string name, TimerWheel? wheel, ILoopOwner owner)
    {
        _wheel = wheel;
        _clock = wheel?.Clock ?? TimeProvider.System;
        _owner = owner;
        _epoll = Libc.EpollCreate(EpollCloseOnExec);
        _wake = Libc.EventFd(0, EventFdFlags);
        if (_epoll < 0 || _wake < 0)
        {
            throw new IOException($"no event loop: {Libc.Text(Libc.Error)}");
        }

        EpollEvents.Control(_epoll, Libc.EPOLL_CTL_ADD, _wake, Libc.EPOLLIN, HandlerTable.NoHandler);
        _readBuffer = (byte*)NativeMemory.Alloc(ReadBufferBytes);
        _batch = new LoopBatch(_events, _handlers, DrainWake, Arena, Fault);
        _thread = new Thread(Run) { Name = name, IsBackground = true, Priority = ThreadPriority.AboveNormal };
    }

    /// <summary>The loop whose thread this is; null: none's.</summary>
    public static EventLoop? Current => t_current;

    /// <summary>The loop on whose thread this flow of work began, wherever it has gone on since; null: none.</summary>
    public static EventLoop? Home => s_home.Value;

    public bool IsCurrent => t_current == this;

    /// <summary>What sockets are read into, one after the other. On the loop's thread, until control goes back to it.</summary>
    public Span<byte> ReadBuffer => new(_readBuffer, ReadBufferBytes);

    /// <summary>Where frames wait for the end of a round.</summary>
    public SendArena Arena { get; } = new();

    /// <summary>What TLS works with here. On the loop's thread.</summary>
    /// <exception cref="IOException">OpenSSL has no memory left.</exception>
    public TlsMemory Tls => _tls ??= new TlsMemory();

    public void Start() => _thread.Start();

    /// <summary>Has <see cref="LoopHandler.OnPosted"/> called, soon, once however often it was posted meanwhile. Any thread.</summary>
    public void Post(LoopHandler handler)
    {
        switch (_posted.Add(handler, IsCurrent))
        {
            case PostQueue.Added.Wake:
                Wake();
                break;
            case PostQueue.Added.Closed:
                lock (_late)
                {
                    handler.OnFault(Ended());
                    handler.OnPosted(); // everything it is asked for now fails
                }

                break;
        }
    }

    /// <summary>Has <paramref name="write"/> called once what stands side by side with what runs now has run, and before the loop sleeps.</summary>
    /// <param name="write">It does not throw.</param>
    /// <returns>False on another thread than the loop's: nothing was done.</returns>
    public bool Postpone(Action write)
    {
        if (!IsCurrent)
        {
            return false;
        }

        _batch.Postpone(write);
        return true;
    }

    /// <summary>Watches <paramref name="fd"/> for the handler; 0: not any more, not even for its failure. On the loop's thread.</summary>
    public void Watch(LoopHandler handler, int fd, uint events)
    {
        if (handler.Interest == events)
        {
            return;
        }

        int operation = handler.Interest == 0 ? Libc.EPOLL_CTL_ADD : events == 0 ? Libc.EPOLL_CTL_DEL : Libc.EPOLL_CTL_MOD;
        EpollEvents.Control(_epoll, operation, fd, events, _handlers.KeyOf(handler));
        handler.Interest = events;
    }

    /// <summary>The handler's descriptor is about to be closed: nothing that is still under way for it arrives. On the loop's thread.</summary>
    public void Forget(LoopHandler handler) => _handlers.Remove(handler);

    /// <summary>Ends every handler, and the thread.</summary>
    public void Dispose()
    {
        _stopping = true;
        if (!_thread.IsAlive || IsCurrent)
        {
            return;
        }

        Wake();
        _thread.Join();
        _ = Libc.Close(_epoll);
        _ = Libc.Close(_wake);
        _events.Dispose();
    }

    private void Run()
    {
        t_current = this;
        s_home.Value = this;
        Arena.Open();
        long before = _clock.GetTimestamp();
        while (!_stopping)
        {
            TimeSpan busy = _clock.GetElapsedTime(before);
            if (busy > Stall)
            {
                _owner.OnLoopStalled(_thread.Name!, busy);
            }

            int ready = Libc.EpollWait(_epoll, _events.Memory, EventsAtOnce, Timeout());
            before = _clock.GetTimestamp();
            if (ready < 0 && Libc.Error != Libc.EINTR)
            {
                throw new IOException($"epoll_wait: {Libc.Text(Libc.Error)}"); // the descriptor is broken: nothing would be served any more
            }

            _batch.Serve(ready);
            RunPosted();
            Advance();
            _batch.RunPostponed();
        }

        End();
    }

    // The wheel's ticks are as long as epoll may sleep. A virtual clock does not move by itself, and is not waited for.
    private int Timeout()
    {
        if (!_posted.IsEmpty)
        {
            return 0;
        }

        return _wheel is null ? -1 : (int)Math.Clamp(Math.Ceiling(_wheel.UntilTick.TotalMilliseconds), 0, TimerWheel.Tick.TotalMilliseconds);
    }

    // Those that are posted meanwhile come in the next round: sockets have their turn between.
    private void RunPosted()
    {
        LoopHandler? next = _posted.TakeAll();
        while (next is { } handler)
        {
            next = _posted.Next(handler);
            try
            {
                handler.OnPosted();
            }
#pragma warning disable CA1031 // as in LoopBatch.Work
            catch (Exception e)
#pragma warning restore CA1031
            {
                Fault(handler, e);
            }
        }
    }

    private void Advance()
    {
        try
        {
            _wheel?.Advance();
        }
#pragma warning disable CA1031 // the root of every timer: one call's fault must not stop all calls' playout
        catch (Exception e)
#pragma warning restore CA1031
        {
            _owner.OnTimerFault(e);
        }
    }

    private void Fault(LoopHandler handler, Exception error)
    {
        _owner.OnHandlerFault(error);
        handler.OnFault(error);
    }

    private void End()
    {
        foreach (LoopHandler handler in _handlers.All)
        {
            handler.OnFault(Ended());
        }

        _posted.Close(); // from here on, what is posted runs where it is posted: there is nothing left to share
        RunPosted();
        _batch.RunPostponed();
        t_current = null;
        NativeMemory.Free(_readBuffer);
        _readBuffer = null;
        _batch.Dispose();
        _tls?.Dispose();
    }

    private static IOException Ended() => new("the connection was cut: the event loop has ended");

    private void DrainWake()
    {
        ulong count;
        Libc.Read(_wake, &count, sizeof(ulong));
    }

    private void Wake()
    {
        ulong one = 1;
        Libc.Write(_wake, &one, sizeof(ulong)); // it fails only where the counter is full: the loop is awake then
    }
}
