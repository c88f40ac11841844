using Matrixd.Timing;
using Microsoft.Extensions.Logging;

namespace Matrixd.Calls;

/// <summary>The call's connections to the model as they come and go: moved in time, taken up where they broke, written down and counted.</summary>
/// <remarks>Owned by one call, under its gate; the deadline's timer takes it. What the model is told of a break is in <see cref="Continuation"/>, when to move in <see cref="Rotation"/>.</remarks>
internal sealed partial class ModelLife
{
    // A handle comes after nearly every turn; the row needs the latest only now and then.
    private static readonly TimeSpan s_handleEvery = TimeSpan.FromSeconds(10);

    // A new session is seeded with what is at hand by then: a caller waits.
    private static readonly TimeSpan s_historyWait = TimeSpan.FromSeconds(1);

    private readonly CallSession _call;
    private readonly CallEnvironment _environment;
    private readonly ILogger _logger;
    private readonly Rotation _rotation;
    private readonly ModelDebt _debt;
    private readonly WheelTimer _deadline;
    private IReadOnlyList<TurnRecord> _stored = [];
    private ModelAbsence _absence;
    private TimeSpan _leftAt;
    private string _request = "";
    private string _unsavedHandle = "";
    private TimeSpan? _savedAt;

    public ModelLife(CallSession call, CallEnvironment environment)
    {
        _call = call;
        _environment = environment;
        _logger = environment.Logger;
        _rotation = new Rotation(environment.Options.RotateAfter);
        _debt = new ModelDebt();
        _deadline = new WheelTimer(OnDeadline);
    }

    /// <summary>True while there is no connection, after there was one.</summary>
    public bool IsAway { get; private set; }

    /// <summary>Who is doing what now.</summary>
    public CallMoment Moment
    {
        get
        {
            CallMedia media = _call.Media;
            return new CallMoment(_debt.InTurn, _call.Events.Tools.IsAny, _debt.IsOwed(Now, media.CallerSpokeAt), media.CallerSpeaks, media.ToHear);
        }
    }

    private TimeSpan Now => _call.Media.Elapsed;

    /// <summary>The first connection is ready.</summary>
    /// <param name="opening">What the model was asked to begin with; empty: nothing.</param>
    public void Begin(string opening)
    {
        _rotation.Connected(Now);
        _debt.Asked(opening, Now);
    }

    /// <summary>The model is to be asked for this, over whatever connection it will have.</summary>
    public void Ask(string request) => _debt.Asked(request, Now);

    public void ModelSpeaks()
    {
        _debt.Spoke(Now);
        _rotation.Said();
    }

    public void ModelGenerated() => _debt.Generated();

    public void TurnComplete() => _debt.TurnComplete(Now);

    public void ToolAnswered(string name, string response)
    {
        _debt.Asked(Continuation.ToolResult(name, response), Now);
        _rotation.Said();
    }

    public void GoAway(TimeSpan left)
    {
        Note(ModelEventKind.GoAway, FormattableString.Invariant($"{left.TotalSeconds:0.#} s left"));
        _rotation.GoAway(Now, left);
    }

    /// <summary>A handle came, or empty: there is none now.</summary>
    public void Handle(string handle)
    {
        _rotation.Handle(handle.Length > 0);
        if (handle.Length > 0)
        {
            _unsavedHandle = handle;
            SaveHandle();
        }
    }

    /// <summary>What arrived together has been told, or time has passed: moves to another connection where this is the moment.</summary>
    public void CheckRotation()
    {
        TimeSpan now = Now;
        if (IsAway || !_call.IsJoined || !_rotation.IsWanted(now))
        {
            return;
        }

        if (_rotation.Due(now, Moment) is { } why)
        {
            _call.Model.Reconnect(ReconnectKind.Rotate, why);
        }
        else if (_rotation.Deadline(now) is { } deadline)
        {
            _environment.Wheel.Set(_deadline, deadline - now);
        }
    }

    public void Housekeep()
    {
        SaveHandle();
        CheckRotation();
    }

    /// <summary>The connection is gone; the leg is on its way to another.</summary>
    public void Leave(ModelAbsence absence)
    {
        if (IsAway)
        {
            return; // the first cause is the cause
        }

        IsAway = true;
        _absence = absence;
        _leftAt = Now;
        _rotation.Left();
        _environment.Wheel.Cancel(_deadline);
        bool isOwed = _debt.IsOwed(Now, _call.Media.CallerSpokeAt);
        (string modelWords, string callerWords) = _call.Media.ModelCut();
        _request = _debt.IsCut ? Continuation.GoOn(modelWords) : !isOwed ? "" : _debt.Request.Length > 0 ? _debt.Request : Continuation.Answer(callerWords);
        _debt.TurnComplete(Now);
        if (absence.Cause != AbsenceCause.Rotation)
        {
            Note(absence.Cause == AbsenceCause.Loss ? ModelEventKind.Lost : ModelEventKind.GivenUp, absence.Detail);
        }
    }

    /// <summary>Reads what a new session will be told. Outside the gate; bounded, never faults.</summary>
    public async Task ReadHistoryAsync()
    {
        try
        {
            IReadOnlyList<TurnRecord> turns = await _environment.Log.TurnsAsync(_call.CallSid).WaitAsync(s_historyWait, _environment.Clock);
            lock (_call.Gate)
            {
                _stored = turns;
            }
        }
#pragma warning disable CA1031 // whatever the store says: the call goes on with the turns that are at hand
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNoHistory(_call.CallSid, e.Message);
        }
    }

    /// <summary>The leg is back, and takes no audio yet: what has to be said to the model comes first.</summary>
    public void Return(ModelReturn back)
    {
        TimeSpan gap = Now - _leftAt;
        IsAway = false;
        _environment.Counters.Gaps.Add(gap);
        ModelEventKind kind = back.IsFresh ? ModelEventKind.FreshSession : _absence.Cause == AbsenceCause.Rotation ? ModelEventKind.Rotated : ModelEventKind.Resumed;
        if (kind == ModelEventKind.Resumed)
        {
            _environment.Counters.CountResumption(_absence.Cause);
        }

        bool asked = TellWhereToGoOn(back.IsFresh);
        _rotation.Connected(Now);
        string detail = FormattableString.Invariant($"after {gap.TotalMilliseconds:0} ms, attempt {back.Attempts}: {_absence.Detail}{(asked ? "; asked to go on" : "")}");
        LogBack(_call.CallSid, kind.Word(), detail);
        Note(kind, detail);
    }

    /// <summary>Writes an event down and counts it.</summary>
    /// <param name="detail">For operators; no secret, no caller's words.</param>
    public void Note(ModelEventKind kind, string detail)
    {
        _environment.Counters.CountModelEvent(kind);
        _environment.Log.ModelEvent(new ModelEventRecord(_call.CallSid, _call.StreamSid, (long)Now.TotalMilliseconds, kind, detail));
    }

    /// <summary>The call is over.</summary>
    public void End() => _environment.Wheel.Cancel(_deadline);

    // A caller who speaks, or a tool that runs, brings the answer by itself. What the line carries while we play may be our own echo.
    private bool TellWhereToGoOn(bool isFresh)
    {
        bool comesByItself = _call.Events.Tools.IsAny || (_call.Media.CallerSpeaks && !_call.Media.IsPlaying);
        string request = comesByItself ? "" : _request;
        if (isFresh)
        {
            IReadOnlyList<PastTurn> history = Continuation.History(PastTurns());
            if (history.Count > 0 || request.Length > 0)
            {
                _call.Model.SendHistory(history, request);
            }
        }
        else if (request.Length > 0)
        {
            _call.Model.SendText(request);
        }

        if (request.Length > 0)
        {
            _debt.Asked(request, Now);
            _call.Events.Stalls.Asked();
        }

        return request.Length > 0;
    }

    // The store's turns, and over them what it may not have yet.
    private List<TurnRecord> PastTurns()
    {
        IReadOnlyList<TurnRecord> recent = _call.Media.RecentTurns;
        int first = recent.Count > 0 ? recent[0].Number : int.MaxValue;
        return [.. _stored.Where(turn => turn.StreamSid != _call.StreamSid || turn.Number < first), .. recent];
    }

    private void SaveHandle()
    {
        if (_unsavedHandle.Length > 0 && (_savedAt is not { } saved || Now - saved >= s_handleEvery))
        {
            _environment.Log.ModelHandle(_call.CallSid, _call.StreamSid, _unsavedHandle);
            _unsavedHandle = "";
            _savedAt = Now;
        }
    }

    private void OnDeadline()
    {
        lock (_call.Gate)
        {
            CheckRotation();
            _call.Model.Flush();
        }
    }

    [LoggerMessage(1030, LogLevel.Information, "call {CallSid}: {Kind} {Detail}")]
    private partial void LogBack(CallSid callSid, string kind, string detail);

    [LoggerMessage(1031, LogLevel.Warning, "call {CallSid}: a new session begins without the older turns: {Error}")]
    private partial void LogNoHistory(CallSid callSid, string error);
}
