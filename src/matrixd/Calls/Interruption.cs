namespace Matrixd.Calls;

/// <summary>What becomes of the model's audio when the caller talks over it, by the model's word or by our own.</summary>
/// <remarks>Owned by one call, under its gate. Time since the call's start, and the same in samples.</remarks>
internal sealed class Interruption(Playout playout, TurnLog turns, CallListener listener, CallCounters counters)
{
    // Audio still on its way when the model broke off belongs to the old turn; new audio this long after it is a new turn, even where no end was announced.
    private static readonly TimeSpan s_staleAudio = TimeSpan.FromMilliseconds(500);

    // A turn that we broke off, and the model has not ended: audio that comes within this time of the last of it is more of it.
    private static readonly TimeSpan s_voidAudio = TimeSpan.FromSeconds(3);

    private TimeSpan _at = TimeSpan.MinValue;
    private bool _isVoid; // the rest of the turn, by our own word: the model goes on with it

    /// <summary>The model has broken off: drops, clears and forgets in one step.</summary>
    public void ByModel(TimeSpan elapsed, long now)
    {
        _isVoid = false;
        Drop(elapsed, now);
    }

    /// <summary>By our own word: what the model says further in this turn is dropped, too.</summary>
    public void ByUs(TimeSpan elapsed, long now)
    {
        _isVoid = playout.IsTurnOpen;
        Drop(elapsed, now);
        _at = _isVoid ? _at : TimeSpan.MinValue;
    }

    /// <summary>Does what our own ear has decided.</summary>
    /// <returns>True where audio may be due now.</returns>
    public bool Follow(BargeInDecision decision, TimeSpan elapsed, long now)
    {
        switch (decision)
        {
            case BargeInDecision.Pause:
                CallCounters.Add(ref counters.PlayoutPauses);
                turns.TakenBack(playout.Pause(now));
                return false;
            case BargeInDecision.Resume:
                CallCounters.Add(ref counters.PlayoutResumes);
                playout.Resume();
                return true;
            case BargeInDecision.Interrupt:
                CallCounters.Add(ref counters.LocalBargeIns);
                ByUs(elapsed, now);
                return false;
            default:
                return false;
        }
    }

    /// <summary>Audio of the model comes.</summary>
    /// <returns>True where it is the rest of what was broken off.</returns>
    public bool Voids(TimeSpan elapsed)
    {
        if (_at == TimeSpan.MinValue)
        {
            return false;
        }

        if (elapsed - _at < (_isVoid ? s_voidAudio : s_staleAudio))
        {
            _at = _isVoid ? elapsed : _at;
            return true;
        }

        TurnIsOver();
        return false;
    }

    /// <summary>All audio of the model's turn has come.</summary>
    public void TurnIsGenerated()
    {
        if (_isVoid)
        {
            TurnIsOver();
        }
    }

    /// <summary>The model's turn is over: what comes is another.</summary>
    public void TurnIsOver()
    {
        _at = TimeSpan.MinValue;
        _isVoid = false;
    }

    private void Drop(TimeSpan elapsed, long now)
    {
        listener.Forget();
        long written = playout.Written;
        long heard = playout.Interrupt(now);
        _at = elapsed;
        turns.Interrupted(heard, written, now);
    }
}
