namespace Matrixd.Calls;

/// <summary>Marks that are out, with the position each stands for.</summary>
/// <remarks>One at the end of each turn and at least each second. Owned by one call, under its gate.</remarks>
/// <param name="sampleRate">[Hz]</param>
internal sealed class PlayoutMarks(int sampleRate)
{
    // The carrier holds about half a second of audio: 16 outstanding marks are a carrier that does not echo. The oldest is forgotten.
    private const int MaxOutstanding = 16;

    private readonly Queue<(long Mark, long Position)> _outstanding = new(MaxOutstanding);
    private long _last;
    private long _lastPosition;

    /// <summary>True where the last mark is a second of audio back.</summary>
    public bool IsDue(long sent) => sent - _lastPosition >= sampleRate;

    /// <summary>Takes note of a mark that stands for <paramref name="position"/>.</summary>
    /// <returns>Its number, never used before in this call.</returns>
    public long Add(long position)
    {
        if (_outstanding.Count == MaxOutstanding)
        {
            _outstanding.Dequeue();
        }

        _lastPosition = position;
        _outstanding.Enqueue((++_last, position));
        return _last;
    }

    /// <summary>A mark has come back: it and all before it are settled.</summary>
    public bool TryReach(long mark, out long position)
    {
        position = 0;
        bool known = false;
        if (mark > _last)
        {
            return false; // never sent: it says nothing about those that were
        }

        while (!known && _outstanding.TryPeek(out (long Mark, long Position) next) && next.Mark <= mark)
        {
            position = next.Position;
            known = next.Mark == mark;
            _outstanding.Dequeue();
        }

        return known;
    }

    /// <summary>After a clear, marks may or may not come back: none of them counts any more.</summary>
    /// <param name="position">Where the next audio follows.</param>
    public void Clear(long position)
    {
        _outstanding.Clear();
        _lastPosition = position;
    }
}
