using System.Runtime.InteropServices;
using Matrixd.Memory;

namespace Matrixd.Transport.Loop;

/// <summary>Serves what is ready side by side: some are read, then worked on, then all that came of it is written.</summary>
/// <remarks>
/// The processor's caches hold the code of one step for all of them; what each will need is fetched from memory while those before it are read; and
/// whoever is written to wakes once. The first waits for the last, some 200 us. Belongs to one loop and its thread. Owns native memory until <see cref="Dispose"/>.
/// </remarks>
/// <param name="events">What epoll told.</param>
/// <param name="handlers">Whom it told it of.</param>
/// <param name="drainWake">Called where the loop itself was woken.</param>
/// <param name="arena">Where what is written waits meanwhile.</param>
/// <param name="fault">Told what a handler threw.</param>
internal sealed unsafe class LoopBatch(EpollEvents events, HandlerTable handlers, Action drainWake, SendArena arena, Action<LoopHandler, Exception> fault)
    : IDisposable
{
    private const int SideBySide = 16;
    private const int SlotBytes = 4 * 1024; // a caller's frame of 100 ms

    private readonly (LoopHandler? Handler, uint Events)[] _side = new (LoopHandler?, uint)[SideBySide]; // no events: it has been received
    private readonly List<Action> _postponed = new(SideBySide); // a link stands here once, until its write is made
    private byte* _slots = (byte*)NativeMemory.Alloc(SideBySide * SlotBytes);

    /// <summary>Serves everybody that epoll told of.</summary>
    /// <param name="ready">How many.</param>
    public void Serve(int ready)
    {
        for (int first = 0; first < ready; first += SideBySide)
        {
            Serve(first, Math.Min(SideBySide, ready - first));
        }
    }

    /// <summary>Has <paramref name="write"/> called by the next <see cref="RunPostponed"/>.</summary>
    public void Postpone(Action write) => _postponed.Add(write);

    public void RunPostponed()
    {
        for (int i = 0; i < _postponed.Count; i++) // one that is postponed meanwhile has its turn, too
        {
            _postponed[i]();
        }

        _postponed.Clear();
        arena.Clear();
    }

    public void Dispose()
    {
        NativeMemory.Free(_slots);
        _slots = null;
    }

    private void Serve(int first, int count)
    {
        for (int i = 0; i < count; i++)
        {
            _side[i].Handler = handlers.Find(events.Data(first + i)); // null: the wake, or it was closed by what came before it
            HotSet.Fetch(_side[i].Handler);
        }

        for (int i = 0; i < count; i++)
        {
            _side[i].Handler?.Hot?.FetchList();
        }

        for (int i = 0; i < count; i++)
        {
            Receive(i, events.Data(first + i), events.Events(first + i));
        }

        for (int i = 0; i < count; i++)
        {
            Work(i);
        }

        RunPostponed();
    }

    private void Receive(int place, ulong key, uint ready)
    {
        if (key == HandlerTable.NoHandler)
        {
            drainWake();
        }
        else if (_side[place].Handler is { } handler)
        {
            handler.Hot?.Fetch();
            _side[place].Events = handler.TryReceive(ready, Slot(place)) ? 0 : ready;
        }
    }

    private void Work(int place)
    {
        (LoopHandler? handler, uint ready) = _side[place];
        _side[place] = default; // who is closed is not kept by us
        if (handler is not { Slot: >= 0 })
        {
            return; // it was closed by one beside it
        }

        try
        {
            if (ready != 0)
            {
                handler.OnReady(ready);
            }
            else
            {
                handler.OnReceived(Slot(place));
            }
        }
#pragma warning disable CA1031 // the root of every handler: one connection's fault must not stop all calls
        catch (Exception e)
#pragma warning restore CA1031
        {
            fault(handler, e);
        }
    }

    private Span<byte> Slot(int place) => new(_slots + (place * SlotBytes), SlotBytes);
}
