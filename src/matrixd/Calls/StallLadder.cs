namespace Matrixd.Calls;

/// <summary>The steps taken against one stall: each is given its time, then comes the next.</summary>
/// <remarks>Owned by one call, under its gate. Time since the call's start.</remarks>
/// <param name="patience">What a step is given.</param>
internal sealed class StallLadder(TimeSpan patience)
{
    private StallStep _step;
    private TimeSpan _began;
    private TimeSpan _takenAt;

    /// <summary>A stall is being dealt with.</summary>
    public bool IsUp { get; private set; }

    public StallCause Cause { get; private set; }

    /// <summary>A stall has been found.</summary>
    /// <param name="since">From when the caller has waited.</param>
    public Stall Begin(StallCause cause, StallStep first, TimeSpan since, TimeSpan now)
    {
        IsUp = true;
        Cause = cause;
        _began = since;
        return Take(first, now) with { IsFirst = true };
    }

    /// <summary>The next step, once the last one has had its time.</summary>
    public Stall? Climb(TimeSpan now) =>
        now - _takenAt < patience ? null : Take(_step == StallStep.GiveUp ? StallStep.GiveUp : _step + 1, now);

    /// <summary>The time that passes now is nobody's fault: a connection is being made, a tool runs.</summary>
    public void Wait(TimeSpan now) => _takenAt = now;

    /// <summary>The model is heard again.</summary>
    /// <returns>The step that was taken last.</returns>
    public StallStep End()
    {
        IsUp = false;
        return _step;
    }

    private Stall Take(StallStep step, TimeSpan now)
    {
        _step = step;
        _takenAt = now;
        return new Stall(Cause, step, now - _began, IsFirst: false);
    }
}
