namespace Matrixd.Calls;

/// <summary>Begins calls and sees each to its end.</summary>
internal sealed class CallHost(CallEnvironment environment, CallRegistry registry)
{
    public CallRegistry Registry => registry;

    public CallCounters Counters => environment.Counters;

    /// <summary>Begins a call on a stream that has started.</summary>
    /// <param name="refusal">Why not, where it is refused.</param>
    /// <returns>The call, or null. Its <see cref="RunningCall.Ended"/> must be awaited.</returns>
    public RunningCall? Begin(CallStart start, ICallerLeg caller, out string refusal)
    {
        CallSession session = new(environment, start, caller);
        refusal = registry.TryEnter(session) ?? "";
        if (refusal.Length > 0)
        {
            session.Discard();
            return null;
        }

        environment.Watch?.OnBegun(start);
        return new RunningCall(session, RunAsync(session, start));
    }

    private async Task<CallEndReason> RunAsync(CallSession session, CallStart start)
    {
        CallCounters.Add(ref environment.Counters.Started);
        CallCounters.Add(ref environment.Counters.Live);
        try
        {
            return await session.RunAsync();
        }
        finally
        {
            registry.Leave(session);
            CallCounters.Add(ref environment.Counters.Live, -1);
            environment.Counters.CountEnd(session.EndReason);
            environment.Watch?.OnEnded(start, session.EndReason, session.EndDetail);
        }
    }
}

/// <param name="Ended">Completes when the call is really gone, with its end reason.</param>
internal readonly record struct RunningCall(CallSession Session, Task<CallEndReason> Ended);
