namespace Matrixd.Calls;

/// <summary>One side of a time line: a ring of samples that can be written at any place of a window, and is silence where nobody wrote.</summary>
/// <remarks>
/// It is as long as its window, of no round length, so that a call takes no more memory than its window needs; what is written or read lies in at most
/// two straight runs. Places count from the first sample that is still kept. Owned by one <see cref="RecordingTimeline"/>, under its call's gate, until <see cref="Release"/>.
/// </remarks>
/// <param name="length">Of the window [samples].</param>
internal struct RecordingSide(int length)
{
    private short[] _samples = RecordingRings.Rent(length);
    private int _first; // where the first sample of the window is

    /// <summary>Of the window [samples]; 0 once it is released.</summary>
    public readonly int Length => _samples.Length;

    /// <summary>Puts samples at a place of the window; all of them are inside it.</summary>
    public readonly void Write(int place, ReadOnlySpan<short> pcm)
    {
        int at = Index(place);
        int straight = Math.Min(pcm.Length, _samples.Length - at);
        pcm[..straight].CopyTo(_samples.AsSpan(at));
        pcm[straight..].CopyTo(_samples);
    }

    /// <summary>Makes silence of a part of the window.</summary>
    public readonly void Silence(int place, int count)
    {
        int at = Index(place);
        int straight = Math.Min(count, _samples.Length - at);
        _samples.AsSpan(at, straight).Clear();
        _samples.AsSpan(0, count - straight).Clear();
    }

    /// <summary>The first samples of the window, as many as lie in a row.</summary>
    public readonly ReadOnlySpan<short> Run(int atMost) => _samples.AsSpan(_first, Math.Min(atMost, _samples.Length - _first));

    /// <summary>Moves the window on, by no more than a <see cref="Run"/>; what comes in at its end is silence.</summary>
    public void MoveOn(int count)
    {
        _samples.AsSpan(_first, count).Clear();
        _first = Index(count);
    }

    /// <summary>Gives its memory back. It is empty from here on.</summary>
    public void Release()
    {
        RecordingRings.Return(_samples);
        _samples = [];
        _first = 0;
    }

    private readonly int Index(int place)
    {
        int at = _first + place;
        return at < _samples.Length ? at : at - _samples.Length;
    }
}
