namespace Matrixd.Calls;

/// <summary>The calls that live, and the gate in front of them.</summary>
/// <remarks>
/// A slot is taken before the upgrade and given back when the call is really gone, so an empty registry means that nothing is left. Any thread; one
/// lock, held for dictionary steps at starts and ends of calls, never on the frame path.
/// </remarks>
internal sealed class CallRegistry(int maxCalls, AdmissionHold? hold = null)
{
    // A carrier retries a handshake; the second socket wins only where the first has been dead this long.
    private static readonly TimeSpan s_alive = TimeSpan.FromSeconds(1);

    private readonly Lock _gate = new();
    private readonly Dictionary<CallSid, CallSession> _byCall = [];
    private readonly HashSet<StreamSid> _streams = [];
    private readonly TaskCompletionSource _empty = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _slots;
    private bool _draining;
    private bool _stopping;

    public int MaxCalls => maxCalls;

    /// <summary>Slots taken: upgraded sockets, whether their call has started or not.</summary>
    public int Slots => Volatile.Read(ref _slots);

    public bool IsDraining => Volatile.Read(ref _draining);

    /// <summary>True while the model's service has no sessions to spare.</summary>
    public bool IsHeld => hold is { IsHeld: true };

    public bool IsFull => Slots >= maxCalls || IsHeld;

    /// <summary>Why <see cref="TryAdmit"/> says no, in words for whoever asked.</summary>
    public string WhyNot => IsDraining ? "draining" : IsHeld ? "Gemini has no sessions to spare" : "all lines are taken";

    /// <summary>Takes a slot, or says no: full, held or draining.</summary>
    public bool TryAdmit()
    {
        lock (_gate)
        {
            if (_draining || _slots >= maxCalls || IsHeld)
            {
                return false;
            }

            _slots++;
            return true;
        }
    }

    /// <summary>Gives a slot back.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _slots--;
            SignalWhenEmpty();
        }
    }

    /// <summary>Enters a call that has started.</summary>
    /// <returns>Null where it is in; else why it is refused.</returns>
    public string? TryEnter(CallSession call)
    {
        CallSession? dead = null;
        lock (_gate)
        {
            if (_stopping)
            {
                return "the daemon is stopping";
            }

            if (_streams.Contains(call.StreamSid))
            {
                return "the stream SID is live already";
            }

            if (_byCall.TryGetValue(call.CallSid, out CallSession? other) && other.EndReason == CallEndReason.None)
            {
                if (other.HasMediaWithin(s_alive))
                {
                    return "a live stream of this call sends media";
                }

                dead = other;
            }

            _streams.Add(call.StreamSid);
            _byCall[call.CallSid] = call;
        }

        dead?.Stop(CallEndReason.MediaLost, "the carrier opened the call again on a new stream");
        return null;
    }

    /// <summary>Takes out a call that is really gone.</summary>
    public void Leave(CallSession call)
    {
        lock (_gate)
        {
            _streams.Remove(call.StreamSid);
            if (_byCall.TryGetValue(call.CallSid, out CallSession? current) && current == call)
            {
                _byCall.Remove(call.CallSid);
            }
        }
    }

    /// <summary>The live calls, as they are at this moment.</summary>
    public IReadOnlyList<CallSession> Snapshot()
    {
        lock (_gate)
        {
            return [.. _byCall.Values];
        }
    }

    /// <summary>No more calls are admitted.</summary>
    /// <returns>Completes when the last has gone.</returns>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            _draining = true;
            SignalWhenEmpty();
            return _empty.Task;
        }
    }

    /// <summary>Ends every call; one whose socket was let in before and that starts now is not begun.</summary>
    public void StopAll(CallEndReason reason, string detail)
    {
        lock (_gate)
        {
            _stopping = true;
        }

        foreach (CallSession call in Snapshot())
        {
            call.Stop(reason, detail);
        }
    }

    private void SignalWhenEmpty()
    {
        if (_draining && _slots == 0)
        {
            _empty.TrySetResult();
        }
    }
}
