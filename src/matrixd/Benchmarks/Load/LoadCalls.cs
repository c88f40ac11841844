using System.Net;
using System.Net.Sockets;

namespace Matrixd.Benchmarks;

/// <summary>All calls of the load: kept at the number that is wanted, each sending on time.</summary>
/// <remarks>Belongs to the loop's thread. Each call has its own millisecond of the 20; its model's has the one 10 ms on.</remarks>
internal sealed class LoadCalls
{
    /// <summary>More than one machine's loopback has ports for.</summary>
    public const int Most = 20_000;

    /// <summary>The grid that calls send on.</summary>
    public static readonly TimeSpan Grid = TimeSpan.FromMilliseconds(1);

    private const int Slots = LoadTraffic.FrameMilliseconds;
    private const long SlotTime = 1_000_000; // of the grid [ns]

    // Slots served before sockets are looked at again, where the load is late.
    private const int MostSteps = 4;

    private readonly LoadLoop _loop;
    private readonly LoadTraffic _traffic;
    private readonly LoadFigures _figures;
    private readonly LoadCall?[] _calls = new LoadCall?[Most];
    private readonly int[][] _slots;
    private long _slot = LoadUsage.Now / SlotTime;
    private long _runs;
    private int _count; // places that may be taken

    public LoadCalls(LoadLoop loop, LoadTraffic traffic, LoadFigures figures)
    {
        _loop = loop;
        _traffic = traffic;
        _figures = figures;

        // The golden section spreads any number of calls evenly.
        _slots = [.. Enumerable.Range(0, Slots).Select(slot => Enumerable.Range(0, Most).Where(call => (long)(call * 0.6180339887 * Slots) % Slots == slot).ToArray())];
    }

    /// <summary>The call at a place; null: none.</summary>
    public LoadCall? this[int index] => index >= 0 && index < _count ? _calls[index] : null;

    /// <summary>Serves every call whose time has come.</summary>
    public void Tick(long now)
    {
        for (int steps = 0; _slot * SlotTime <= now && steps < MostSteps; steps++, _slot++)
        {
            foreach (int index in _slots[_slot % Slots])
            {
                if (index >= _count)
                {
                    break;
                }

                _calls[index]?.Tick(_traffic, _slot * SlotTime);
                if (_calls[index]?.State == LoadCallState.Ended)
                {
                    _calls[index] = null;
                }
            }

            foreach (int index in _slots[(_slot + (Slots / 2)) % Slots])
            {
                if (index >= _count)
                {
                    break;
                }

                if (_calls[index] is { } call)
                {
                    LoadMouth.Tick(call, _traffic, _figures);
                }
            }
        }
    }

    /// <summary>Begins one more call, where fewer than <paramref name="wanted"/> are there.</summary>
    /// <returns>False where none is missing.</returns>
    /// <exception cref="SocketException">Nobody listens, or has no room.</exception>
    public bool TryAdd(int wanted, LoadTarget target)
    {
        int place = Array.FindIndex(_calls, 0, wanted, call => call is null or { State: LoadCallState.Ended });
        if (place < 0)
        {
            return false;
        }

        // The connect blocks: on this machine's loopback it is done when the peer's queue has room.
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            socket.Connect(IPEndPoint.Parse(target.Address));
        }
        catch (SocketException)
        {
            socket.Dispose();
            throw;
        }

        socket.Blocking = false;
        _calls[place] = new LoadCall(_loop, socket, place, ++_runs, _figures);
        _count = Math.Max(_count, place + 1);
        _calls[place]!.Dial(target);
        return true;
    }

    /// <summary>Hangs up all calls beyond <paramref name="wanted"/>.</summary>
    public void StopBeyond(int wanted)
    {
        for (int i = wanted; i < _count; i++)
        {
            _calls[i]?.Stop();
        }
    }

    /// <summary>Calls whose audio flows both ways now, and those that are still to end.</summary>
    public (int Talking, int Left) Count(int wanted)
    {
        int talking = 0;
        int left = 0;
        for (int i = 0; i < _count; i++)
        {
            LoadCall? call = _calls[i];
            left += i >= wanted && call is not null ? 1 : 0;
            talking += i < wanted && call is { State: LoadCallState.Live, Session: { Heard: > 0 } session } && call.Sent - (session.Heard / LoadTraffic.ModelFrameBytes) < 5 ? 1 : 0;
        }

        _count = left == 0 ? Math.Min(_count, wanted) : _count;
        return (talking, left);
    }

    /// <summary>From now on, what was sent so far is counted as lost where it does not come.</summary>
    public void MarkSent()
    {
        foreach (LoadCall? call in _calls.AsSpan(0, _count))
        {
            if (call is not null)
            {
                call.SentAtMark = call.Sent;
            }
        }
    }

    /// <summary>Frames sent before the mark that have not come.</summary>
    public long LostBeforeMark()
    {
        long lost = 0;
        foreach (LoadCall? call in _calls.AsSpan(0, _count))
        {
            if (call?.Session is { } session)
            {
                lost += Math.Max(0, call.SentAtMark - (session.Heard / LoadTraffic.ModelFrameBytes));
            }
        }

        return lost;
    }
}
