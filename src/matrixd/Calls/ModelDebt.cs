namespace Matrixd.Calls;

/// <summary>What the model still has to say: a turn that is not complete, or an answer.</summary>
/// <remarks>Owned by one call, under its gate.</remarks>
internal sealed class ModelDebt
{
    // A caller who got no answer for this long has not said anything that wanted one: a cough, a word to somebody else.
    private static readonly TimeSpan s_expires = TimeSpan.FromSeconds(15);

    private TimeSpan _askedAt;
    private TimeSpan _activeAt; // the model was heard, or ended its turn
    private bool _isGenerated;

    /// <summary>Audio of the model has come, and the end of its turn has not.</summary>
    public bool InTurn { get; private set; }

    /// <summary>It is in a turn whose audio is not all there.</summary>
    public bool IsCut => InTurn && !_isGenerated;

    /// <summary>What it was asked and has not begun to answer; empty: nothing.</summary>
    public string Request { get; private set; } = "";

    /// <summary>It was asked for something.</summary>
    public void Asked(string request, TimeSpan now)
    {
        Request = request;
        _askedAt = now;
    }

    public void Spoke(TimeSpan now)
    {
        InTurn = true;
        _isGenerated = false;
        _activeAt = now;
        Request = "";
    }

    /// <summary>No more audio of its turn will come.</summary>
    public void Generated() => _isGenerated = true;

    public void TurnComplete(TimeSpan now)
    {
        _activeAt = InTurn ? now : _activeAt;
        InTurn = false;
        _isGenerated = false;
    }

    /// <param name="callerSpokeAt">End of the caller's last utterance; null: there was none.</param>
    public bool IsOwed(TimeSpan now, TimeSpan? callerSpokeAt)
    {
        bool toTheCaller = callerSpokeAt > _activeAt && now - callerSpokeAt < s_expires;
        return toTheCaller || (Request.Length > 0 && now - _askedAt < s_expires);
    }
}
