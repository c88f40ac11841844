namespace Matrixd.Calls;

/// <summary>When a call moves to another connection to the model: unheard, before the old one is closed from the other side.</summary>
/// <remarks>
/// Pure: told what happens and what time it is. Wanted at an age, or when the model announces the end; then a boundary between turns is waited for,
/// and at a deadline it is done anyway. Owned by one call, under its gate.
/// </remarks>
/// <param name="after">Age of a connection at which another is wanted.</param>
internal sealed class Rotation(TimeSpan after)
{
    /// <summary>What an announced end leaves for closing and coming back: both are bounded, and the announcement itself has travelled.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromSeconds(5);

    /// <summary>How long a boundary is waited for where nothing was announced: longer than nearly every turn.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>What the caller still has to hear covers a hand-over of this length, whatever is on the line meanwhile: often its echo.</summary>
    public static readonly TimeSpan Cover = TimeSpan.FromMilliseconds(600);

    private TimeSpan _connected;
    private TimeSpan? _end; // announced, the margin taken off
    private bool _isConnected;
    private bool _canResume;
    private bool _isHandleNew; // it came after what was said last

    /// <summary>A connection is ready.</summary>
    public void Connected(TimeSpan now)
    {
        _isConnected = true;
        _connected = now;
        _end = null;
    }

    /// <summary>The connection is gone, or given up. The handle is worth what it was.</summary>
    public void Left()
    {
        _isConnected = false;
        _isHandleNew = false;
    }

    /// <summary>The model announces that it closes the connection.</summary>
    /// <param name="left">Zero or less: at once.</param>
    public void GoAway(TimeSpan now, TimeSpan left)
    {
        TimeSpan margin = left / 2 < Margin ? left / 2 : Margin;
        TimeSpan end = left > TimeSpan.Zero ? now + left - margin : now;
        _end = _end < end ? _end : end; // said twice: the earlier counts
    }

    /// <summary>A handle came, or the word that there is none now.</summary>
    public void Handle(bool canResume) => _isHandleNew = _canResume = canResume;

    /// <summary>Something was said, or called for, that no handle knows yet.</summary>
    public void Said() => _isHandleNew = false;

    /// <summary>True once another connection is wanted: <see cref="Due"/> is worth asking.</summary>
    public bool IsWanted(TimeSpan now) => _isConnected && (_end is not null || now - _connected >= after);

    /// <summary>When it is done whatever the moment; null: it is not wanted, or can wait.</summary>
    public TimeSpan? Deadline(TimeSpan now) => !IsWanted(now) ? null : _end ?? (_canResume ? _connected + after + Patience : null);

    /// <summary>Is this the moment?</summary>
    /// <returns>Why, for operators; null: not now.</returns>
    public string? Due(TimeSpan now, in CallMoment moment)
    {
        bool isGood = _canResume && _isHandleNew && moment.IsBoundary;
        if (!IsWanted(now) || (!isGood && !(now >= Deadline(now))))
        {
            return null;
        }

        string why = _end is not null ? "its end was announced" : FormattableString.Invariant($"it was {(now - _connected).TotalSeconds:0} s old");
        return isGood ? why : why + ", and there was no better moment";
    }
}
