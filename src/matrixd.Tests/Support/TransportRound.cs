using Matrixd.Transport;

namespace Matrixd.Tests.Support;

/// <summary>A loop's rounds in the test's hand: the arena, and the writes that are put off to a round's end. The loop's thread is the one that made it.</summary>
internal sealed class TransportRound
{
    public const int ArenaBytes = 256 * 1024;
    private readonly int _thread = Environment.CurrentManagedThreadId;
    private readonly List<Action> _postponed = [];

    public TransportRound() => Arena.Open();

    public SendArena Arena { get; } = new();

    public bool IsHere => Environment.CurrentManagedThreadId == _thread;

    /// <summary>Runs on a thread that is not the loop's, and waits for it.</summary>
    public static void Elsewhere(Action work)
    {
        Exception? fault = null;
        Thread thread = Begin(() =>
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                fault = e;
            }
        });
        thread.Join();
        if (fault is not null)
        {
            throw new InvalidOperationException("it failed on the other thread", fault);
        }
    }

    /// <summary>Runs on a thread that is not the loop's.</summary>
    public static Thread Begin(Action work)
    {
        var thread = new Thread(() => work()) { IsBackground = true };
        thread.Start();
        return thread;
    }

    public bool Postpone(Action write)
    {
        if (IsHere)
        {
            _postponed.Add(write);
        }

        return IsHere;
    }

    /// <summary>Writes what was put off, as a loop does, and lets the arena be used by others: whoever still looks at its old place sees something else there.</summary>
    public void End()
    {
        for (int i = 0; i < _postponed.Count; i++)
        {
            _postponed[i]();
        }

        _postponed.Clear();
        Arena.Clear();
        Arena.Place(0, ArenaBytes).Span.Fill(0xEE);
    }
}
