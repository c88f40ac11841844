using Matrixd.Audio;
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
internal sealed partial class CallSession
{
    private static readonly TimeSpan s_housekeeping = TimeSpan.FromMilliseconds(200);

    // An apology longer than this is cut: the caller should get to the next applet.
    private static readonly TimeSpan s_apologyMax = TimeSpan.FromSeconds(30);

    private readonly Lock _gate = new();
    private readonly CallEnvironment _environment;
    private readonly CallStart _start;
    private readonly ICallerLeg _caller;
    private readonly IModelLeg _model;
    private readonly CallMedia _media;
    private readonly ModelEvents _events;
    private readonly WheelTimer _housekeeping;
    private readonly ILogger _logger;
    private readonly TaskCompletionSource _stopped = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Session? _session;
    private AgentBriefing? _briefing;
    private Task _apology = Task.CompletedTask;
    private ModelEnding? _modelEnding;
    private TimeSpan _apologyUntil = TimeSpan.MaxValue;
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
        _media = new CallMedia(environment, start, caller, _model, OnPumpDue);
    }

    public CallSid CallSid => _start.CallSid;

    public StreamSid StreamSid => _start.StreamSid;

    /// <summary>Why it ended; <see cref="CallEndReason.None"/> while it lives.</summary>
    public CallEndReason EndReason => _endReason;

    /// <summary>Held by whoever touches the call's state.</summary>
    internal Lock Gate => _gate;

    internal CallMedia Media => _media;

    internal IModelLeg Model => _model;

    internal ICallerLeg Caller => _caller;

    /// <summary>Null until the row is adopted.</summary>
    internal AgentBriefing? Briefing => _briefing;

    /// <summary>True where caller's audio and the model's are no longer joined.</summary>
    internal bool IsOver => _endReason != CallEndReason.None || _modelEnding is not null;

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
            _environment.Wheel.Set(_housekeeping, s_housekeeping);
            _model.Connect();
        }

        try
        {
            Adopt(await _environment.Sessions.AdoptAsync(Opening()));
        }
#pragma warning disable CA1031 // the one catch at the root of a call: whatever the store says, this call ends and the daemon lives
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogStoreFailed(CallSid, e);
            Stop(CallEndReason.InternalError, "the Session row could not be written");
        }

        await _stopped.Task;
        await CloseAsync();
        return _endReason;
    }

    /// <summary>Ends the call. Any thread, any number of times; the first reason stays.</summary>
    /// <param name="detail">For operators; no secret, no caller's words.</param>
    public void Stop(CallEndReason reason, string detail = "")
    {
        lock (_gate)
        {
            if (_endReason == CallEndReason.None)
            {
                _endReason = reason;
                _endDetail = detail;
                _environment.Wheel.Cancel(_housekeeping);
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
            _session = adoption.Session;
            if (_session is null)
            {
                Stop(CallEndReason.ProtocolError, "the stream SID has been used before");
                return;
            }

            _briefing = _environment.Agents().Brief(_session);
            if (_briefing is null)
            {
                Stop(CallEndReason.ProtocolError, $"no agent takes calls to {MaskedNumber.Of(_start.To)}: add the number to an [[agent]] or make one the default");
                return;
            }

            LogStarted(CallSid, StreamSid, _session.Direction, _session.Agent, MaskedNumber.Of(_session.From), _start.SampleRate);
            _events.Tools = new ToolCalls(_briefing.Tools, _session, _events.OnToolCompleted, _environment.Clock);
            _model.Begin(_briefing.Setup);
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

    private void Housekeep()
    {
        lock (_gate)
        {
            if (_endReason != CallEndReason.None)
            {
                return;
            }

            _media.Housekeep();
            _media.Pump();
            CheckLimits();
            _model.Flush();
            _caller.Flush();
            if (_endReason == CallEndReason.None)
            {
                _environment.Wheel.Set(_housekeeping, s_housekeeping);
            }
        }
    }

    private void CheckLimits()
    {
        CallsOptions options = _environment.Options;
        if (_modelEnding is { } ending && ((_apology.IsCompleted && !_media.IsPlaying) || _media.Elapsed >= _apologyUntil))
        {
            Stop(ending.Reason, ending.Detail);
        }
        else if (!_events.IsReady && _modelEnding is null && _media.Elapsed >= options.ModelReadyTimeout)
        {
            LoseModel(new ModelEnding(CallEndReason.ModelUnreachable, $"no setupComplete within {options.ModelReadyTimeout.TotalSeconds:0.#} s"));
        }
        else if (_media.SilentFor >= options.MediaIdle)
        {
            Stop(CallEndReason.MediaLost, $"no media from the carrier for {options.MediaIdle.TotalSeconds:0.#} s");
        }
        else if (_media.Elapsed >= options.CallMax)
        {
            Stop(CallEndReason.LimitDuration, $"limits.call_max of {options.CallMax.TotalMinutes:0.#} min reached");
        }
    }

    // The model is gone for good: the caller hears the agent's apology where there is one, then the next applet.
    internal void LoseModel(ModelEnding ending)
    {
        LogModelLost(CallSid, ending.Reason.Word(), ending.Detail);
        _model.Close();
        if (_briefing is not { ApologyPath.Length: > 0 } briefing || ending.Reason == CallEndReason.ModelEnded)
        {
            Stop(ending.Reason, ending.Detail);
            return;
        }

        _modelEnding = ending;
        _apologyUntil = _media.Elapsed + s_apologyMax;
        _apology = PlayApologyAsync(briefing.ApologyPath);
    }

    private async Task PlayApologyAsync(string path)
    {
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // a file is read: not under the gate
        try
        {
            WavAudio wav = WavFile.Read(path);
            lock (_gate)
            {
                if (_endReason == CallEndReason.None)
                {
                    _media.Play(Samples16.BytesOf(Samples16.FirstChannel(wav)), wav.SampleRate);
                    _media.Pump();
                    _caller.Flush();
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            LogApologyFailed(CallSid, path, e.Message);
        }
    }

    private async Task CloseAsync()
    {
        TimeSpan bound = _environment.Options.CloseTimeout;
        StreamEnding ending = new()
        {
            StreamSid = StreamSid,
            CallSid = CallSid,
            Reason = _endReason,
            Detail = _endDetail,
            RecordingPath = _media.RecordingFile?.Path ?? "",
            Model = _events.Tally.Model,
            GeminiHandle = _events.Tally.Handle,
            PromptTokens = _events.Tally.PromptTokens,
            ResponseTokens = _events.Tally.ResponseTokens,
            At = _environment.Clock.GetUtcNow(),
        };
        Task<bool> ended = _environment.Sessions.EndAsync(ending);
        Task tools = _events.Tools?.CancelAllAsync() ?? Task.CompletedTask;
        try
        {
            await ended;
            await Task.WhenAll(_apology, _model.Closed, tools).WaitAsync(bound * 2, _environment.Clock);
        }
        catch (TimeoutException)
        {
            LogCloseTimedOut(CallSid);
        }
#pragma warning disable CA1031 // the same root: what the store says of the end is logged, the call is over all the same
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogStoreFailed(CallSid, e);
        }

        LogEnded(CallSid, _endReason.Word(), _media.Elapsed.TotalSeconds, _endDetail);
    }
}
