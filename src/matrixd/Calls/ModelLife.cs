using Microsoft.Extensions.Logging;

namespace Matrixd.Calls;

/// <summary>The call's connections to the model as they come and go: written down, counted, and made unheard.</summary>
/// <remarks>Owned by one call, under its gate.</remarks>
internal sealed partial class ModelLife(CallSession call, CallEnvironment environment)
{
    private readonly ILogger _logger = environment.Logger;
    private ModelAbsence _absence;
    private TimeSpan _leftAt;

    /// <summary>True while there is no connection, after there was one.</summary>
    public bool IsAway { get; private set; }

    /// <summary>The connection is gone; the leg is on its way to another.</summary>
    public void Leave(ModelAbsence absence)
    {
        if (IsAway)
        {
            return; // the first cause is the cause
        }

        IsAway = true;
        _absence = absence;
        _leftAt = call.Media.Elapsed;
        if (absence.Cause != AbsenceCause.Rotation)
        {
            Note(absence.Cause == AbsenceCause.Loss ? ModelEventKind.Lost : ModelEventKind.GivenUp, absence.Detail);
        }
    }

    /// <summary>The leg is back, and takes no audio yet.</summary>
    public void Return(ModelReturn back)
    {
        TimeSpan gap = call.Media.Elapsed - _leftAt;
        IsAway = false;
        environment.Counters.Gaps.Add(gap);
        ModelEventKind kind = back.IsFresh ? ModelEventKind.FreshSession : _absence.Cause == AbsenceCause.Rotation ? ModelEventKind.Rotated : ModelEventKind.Resumed;
        if (kind == ModelEventKind.Resumed)
        {
            environment.Counters.CountResumption(_absence.Cause);
        }

        string detail = FormattableString.Invariant($"after {gap.TotalMilliseconds:0} ms, attempt {back.Attempts}: {_absence.Detail}");
        LogBack(call.CallSid, kind.Word(), detail);
        Note(kind, detail);
    }

    /// <summary>Writes an event down and counts it.</summary>
    /// <param name="detail">For operators; no secret, no caller's words.</param>
    public void Note(ModelEventKind kind, string detail)
    {
        environment.Counters.CountModelEvent(kind);
        environment.Log.ModelEvent(new ModelEventRecord(call.CallSid, call.StreamSid, (long)call.Media.Elapsed.TotalMilliseconds, kind, detail));
    }

    [LoggerMessage(1030, LogLevel.Information, "call {CallSid}: {Kind} {Detail}")]
    private partial void LogBack(CallSid callSid, string kind, string detail);
}
