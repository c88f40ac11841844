namespace Matrixd.Calls;

/// <summary>Where the turns end in the audio that waits for the caller.</summary>
/// <remarks>Positions of <see cref="PlayoutClock"/>. Ends that were sent are remembered for a while: audio can be taken back. Owned by one call, under its gate.</remarks>
internal sealed class PlayoutTurns
{
    // A turn is at least a chunk: more ends than this do not fit into what can be taken back.
    private const int MaxSent = 16;

    private readonly List<long> _ends = new(8);
    private int _sent; // of them

    /// <summary>The end of the turn that is being sent.</summary>
    /// <returns>False: it is not known yet.</returns>
    public bool TryNext(out long end)
    {
        bool known = _sent < _ends.Count;
        end = known ? _ends[_sent] : 0;
        return known;
    }

    /// <summary>The end that was added last, if it has not been sent.</summary>
    public bool TryNewest(out long end)
    {
        bool waits = _sent < _ends.Count;
        end = waits ? _ends[^1] : 0;
        return waits;
    }

    public void Add(long end) => _ends.Add(end);

    /// <summary>The turn has been sent to its end.</summary>
    public void Pass()
    {
        _sent++;
        if (_sent > MaxSent)
        {
            _ends.RemoveAt(0);
            _sent--;
        }
    }

    /// <summary>What lies behind <paramref name="position"/> will be sent again.</summary>
    public void TakeBack(long position)
    {
        while (_sent > 0 && _ends[_sent - 1] > position)
        {
            _sent--;
        }
    }

    public void Clear()
    {
        _ends.Clear();
        _sent = 0;
    }
}
