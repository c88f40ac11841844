namespace Matrixd.Calls;

/// <summary>The end of a call whose model is gone for good.</summary>
internal sealed partial class CallSession
{
    // The model is gone for good: the caller hears the agent's apology where there is one, then the next applet.
    internal void LoseModel(ModelEnding ending)
    {
        LogModelLost(CallSid, ending.Reason.Word(), ending.Detail);
        _model.Close();
        if (_briefing is { ApologyPath.Length: > 0 } briefing && ending.Reason != CallEndReason.ModelEnded)
        {
            _apology = new Apology(briefing.ApologyPath, ending, _media.Elapsed, PlayLast, error => LogApologyFailed(CallSid, briefing.ApologyPath, error));
        }
        else
        {
            Stop(ending.Reason, ending.Detail);
        }
    }

    private void PlayLast(byte[] pcm, int sampleRate)
    {
        lock (_gate)
        {
            if (_endReason == CallEndReason.None)
            {
                _media.Play(pcm, sampleRate);
                _media.Pump();
                _caller.Flush();
            }
        }
    }
}
