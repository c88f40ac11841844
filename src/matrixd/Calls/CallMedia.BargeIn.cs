namespace Matrixd.Calls;

/// <summary>Interruptions: by the model's word, and by our own ear.</summary>
internal sealed partial class CallMedia
{
    /// <summary>Barge-in by the model's word: drops, clears and forgets in one step.</summary>
    public void Interrupt()
    {
        _isVoid = false;
        Drop();
        _watch?.Interrupted(Elapsed);
    }

    /// <summary>By our own word: what the model says further in this turn is dropped, too.</summary>
    public void InterruptTurn()
    {
        _isVoid = _playout.IsTurnOpen;
        Drop();
        _interruptedAt = _isVoid ? _interruptedAt : TimeSpan.MinValue;
    }

    private void Drop()
    {
        _listener.Forget();
        long now = Now;
        long written = _playout.Written;
        long heard = _playout.Interrupt(now);
        _interruptedAt = Elapsed;
        _turns.Interrupted(heard, written, now);
        _environment.Wheel.Cancel(_pumpTimer);
    }

    private void Decide(BargeInDecision decision, long now)
    {
        switch (decision)
        {
            case BargeInDecision.Pause:
                CallCounters.Add(ref _environment.Counters.PlayoutPauses);
                _turns.TakenBack(_playout.Pause(now));
                break;
            case BargeInDecision.Resume:
                CallCounters.Add(ref _environment.Counters.PlayoutResumes);
                _playout.Resume();
                Pump();
                break;
            case BargeInDecision.Interrupt:
                CallCounters.Add(ref _environment.Counters.BargeIns);
                CallCounters.Add(ref _environment.Counters.LocalBargeIns);
                InterruptTurn();
                break;
            default:
                break;
        }
    }

    // The model has come to the end of what was void.
    private void EndVoid()
    {
        _interruptedAt = _isVoid ? TimeSpan.MinValue : _interruptedAt;
        _isVoid = false;
    }
}
