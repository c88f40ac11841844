using Matrixd.Memory;
using Matrixd.Timing;
using Microsoft.Extensions.Logging;

namespace Matrixd.Calls;

/// <summary>One call: a caller leg and a model leg, joined until either ends.</summary>
/// <remarks>
/// <code>
///                 start ──► adopt the Session row ─┐ side by side
///                   └─────► open the model leg ────┴─► setup ─► ready ─► opening text, kept audio
///
///   caller leg ──OnCallerAudio──► CallMedia ──► model leg          inbound
///   caller leg ◄──chunks, marks, clear── CallMedia ◄──OnModel…──   outbound
///                                   └──► recording, turns, tool calls, Session row
/// </code>
/// Everything happens under one gate: the two sockets and the timer wheel may speak on different threads. It is held for microseconds, and nothing
/// under it waits: sends queue, tools run on the pool, rows and recordings go to their writers. The first reason to stop is the cause; what fails
/// after it is a consequence. <see cref="RunAsync"/> is the one task of a call, and is awaited by who accepted its socket.
/// </remarks>
internal sealed partial class CallSession : IHot
{
    private readonly Lock _gate = new();
    private readonly CallEnvironment _environment;
    private readonly CallStart _start;
    private readonly ICallerLeg _caller;
    private readonly IModelLeg _model;
    private readonly CallMedia _media;
    private readonly ModelEvents _events;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private AgentBriefing? _briefing;
    private Apology? _apology;
    private bool _isRefused; // the row is not ours to end
    private CallEndReason _endReason;
    private string _endDetail = "";

    public CallSession(CallEnvironment environment, CallStart start, ICallerLeg caller)
    {
        _environment = environment;
        _start = start;
        _caller = caller;
        _logger = environment.Logger;
        _housekeeping = new WheelTimer(Housekeep);
        _events = new ModelEvents(this, environment);
        _model = environment.Models.Open(start.CallSid, _events);
        _media = new CallMedia(environment, start, caller, _model, _events.Stalls.Watch, OnPumpDue);
    }

    public CallSid CallSid => _start.CallSid;

    public StreamSid StreamSid => _start.StreamSid;

    /// <summary>Why it ended; <see cref="CallEndReason.None"/> while it lives.</summary>
    public CallEndReason EndReason => _endReason;

    /// <summary>What stands behind <see cref="EndReason"/>.</summary>
    public string EndDetail => _endDetail;

    /// <summary>Held by whoever touches the call's state.</summary>
    internal Lock Gate => _gate;

    internal CallMedia Media => _media;

    internal IModelLeg Model => _model;

    internal ICallerLeg Caller => _caller;

    internal ModelEvents Events => _events;

    /// <summary>Null until the row is adopted.</summary>
    internal AgentBriefing? Briefing => _briefing;

    /// <summary>True once the model's part is over, with the call or before it.</summary>
    internal bool IsOver => _endReason != CallEndReason.None || _apology is not null;

    /// <summary>True while caller and model are joined: from the row's adoption on, and not before it, whatever the model says.</summary>
    internal bool IsJoined => _briefing is not null && !IsOver;

    /// <summary>True where the caller's audio has flowed within this time.</summary>
    public bool HasMediaWithin(TimeSpan time)
    {
        lock (_gate)
        {
            return _media.HasFlowed && _media.SilentFor < time;
        }
    }

    /// <summary>Runs the call to its end. Called once.</summary>
    /// <returns>Why it ended.</returns>
    public async Task<CallEndReason> RunAsync()
    {
        lock (_gate)
        {
            SetHousekeeping();
            _model.Connect();
        }

        try
        {
            Adopt(await _environment.Sessions.AdoptAsync(Opening()));
        }
#pragma warning disable CA1031 // the one catch at the root of a call: whatever the store or the agent says, this call ends and the daemon lives
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNotBegun(CallSid, e);
            Stop(CallEndReason.InternalError, $"the call could not be begun: {e.GetType().Name}");
        }

        await _stopped.Task;
        await new CallEnding(this, _environment, _events).RunAsync(ownsRow: !_isRefused, _apology?.Running ?? Task.CompletedTask);
        LogEnded(CallSid, _endReason.Word(), _media.Elapsed.TotalSeconds, _endDetail);
        return _endReason;
    }

    /// <summary>Instead of <see cref="RunAsync"/>: the call is not to begin.</summary>
    public void Discard() => _media.Discard();

    /// <summary>Ends the call. Any thread, any number of times; the first reason stays.</summary>
    /// <param name="detail">For operators; no secret, no caller's words.</param>
    public void Stop(CallEndReason reason, string detail = "")
    {
        lock (_gate)
        {
            if (_endReason == CallEndReason.None)
            {
                (_endReason, _endDetail) = (reason, detail);
                _environment.Wheel.Cancel(_housekeeping);
                _events.Tools.Abandon();
                _events.Life.End();
                _media.Complete();
                _model.Close();
                _caller.Close(reason);
                _stopped.SetResult();
            }
        }
    }

    /// <summary>A frame of the caller, s16le at the stream's rate.</summary>
    public void OnCallerAudio(ReadOnlySpan<byte> pcm, long sequence, long timestamp)
    {
        lock (_gate)
        {
            if (_endReason == CallEndReason.None)
            {
                _media.CallerAudio(Samples16.Of(pcm), sequence, timestamp);
            }
        }
    }

    public void OnCallerMark(long mark)
    {
        lock (_gate)
        {
            if (_endReason == CallEndReason.None)
            {
                _media.MarkEchoed(mark);
                _media.Pump();
            }
        }
    }

    /// <summary>What arrived together has been told: what it caused may leave.</summary>
    public void OnCallerBatchEnd()
    {
        lock (_gate)
        {
            if (_media.LastFrame >= _nextHousekeeping && _endReason == CallEndReason.None)
            {
                KeepHouse();
            }

            _model.Flush();
            _caller.Flush();
        }
    }

    private StreamOpening Opening() => new()
    {
        StreamSid = _start.StreamSid,
        CallSid = _start.CallSid,
        From = _start.From,
        To = _start.To,
        DefaultAgent = _environment.Agents().ForNumber(_start.To),
        SampleRate = _start.SampleRate,
        At = _environment.Clock.GetUtcNow(),
    };

    private void Adopt(Adoption adoption)
    {
        lock (_gate)
        {
            if (adoption.Session is not { } session)
            {
                _isRefused = true;
                Stop(CallEndReason.ProtocolError, "the stream SID has been used before");
                return;
            }

            if (IsOver)
            {
                return; // it was shorter than a commit
            }

            AgentBriefing? briefing = _environment.Agents().Brief(session);
            if (briefing is null)
            {
                Stop(CallEndReason.ProtocolError, $"no agent takes calls to {MaskedNumber.Of(_start.To)}: add the number to an [[agent]] or make one the default");
                return;
            }

            LogStarted(CallSid, StreamSid, session.Direction, session.Agent, MaskedNumber.Of(session.From), _start.SampleRate);
            _events.Tools.Running = new ToolCalls(briefing.Tools, session, _events.Tools.Completed, _environment.Clock);
            _briefing = briefing;
            _model.Begin(briefing.Setup);
        }
    }

    private void OnPumpDue()
    {
        lock (_gate)
        {
            if (_endReason == CallEndReason.None)
            {
                _media.Pump();
                _caller.Flush();
            }
        }
    }

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
                _apology?.Queued();
                _media.Pump();
                _caller.Flush();
            }
        }
    }

    public void AddTo(HotSet set) => set.Add(_gate).Add(_media).Add(_model);
}
