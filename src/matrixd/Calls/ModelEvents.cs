using Microsoft.Extensions.Logging;

namespace Matrixd.Calls;

/// <summary>What the model does, as it changes the call. Every event takes the call's gate; after the call's end none has an effect.</summary>
internal sealed partial class ModelEvents(CallSession call, CallEnvironment environment) : IModelSink
{
    private readonly ILogger _logger = environment.Logger;

    public ToolEvents Tools { get; } = new(call, environment);

    public CallTally Tally { get; } = new();

    public ModelLife Life { get; } = new(call, environment);

    public StallGuard Stalls { get; } = new(call, environment);

    public bool IsReady { get; private set; }

    private bool _isFresh; // a connection has become ready, and nothing was sent on it yet but what had to come first

    public void OnModelReady(string model)
    {
        lock (call.Gate)
        {
            if (!call.IsJoined)
            {
                return;
            }

            if (!IsReady)
            {
                IsReady = true;
                Tally.Model = model;
                LogReady(call.CallSid, (long)call.Media.Elapsed.TotalMilliseconds, model);
                if (call.Briefing is { OpeningText.Length: > 0 } briefing)
                {
                    call.Model.SendOpeningText(briefing.OpeningText); // before any audio: the one moment every model takes text in this form
                    Stalls.Asked();
                }

                Life.Begin(call.Briefing!.OpeningText);
            }

            _isFresh = true;
            call.Model.Flush();
        }
    }

    public void OnModelAway(ModelAbsence absence)
    {
        lock (call.Gate)
        {
            if (call.IsJoined)
            {
                Life.Leave(absence);
            }
        }
    }

    public Task OnFreshSessionAsync() => Life.ReadHistoryAsync();

    public void OnModelBack(ModelReturn back)
    {
        lock (call.Gate)
        {
            if (call.IsJoined)
            {
                Life.Return(back);
                _isFresh = true;
                call.Model.Flush();
            }
        }
    }

    public void OnModelEvent(ModelEventKind kind, string detail)
    {
        lock (call.Gate)
        {
            if (call.IsJoined)
            {
                Life.Note(kind, detail);
            }
        }
    }

    public void OnModelAudio(ReadOnlySpan<byte> pcm, int sampleRate)
    {
        lock (call.Gate)
        {
            if (call.IsJoined)
            {
                Life.ModelSpeaks();
                call.Media.ModelAudio(pcm, sampleRate);
            }
        }
    }

    public void OnModelInterrupted()
    {
        lock (call.Gate)
        {
            if (call.IsJoined)
            {
                Life.ModelGenerated(); // nothing more of it is wanted
                call.Media.Interrupt();
                call.Caller.Flush();
                CallCounters.Add(ref environment.Counters.BargeIns);
                LogBargeIn(call.CallSid);
            }
        }
    }

    public void OnModelGenerationComplete()
    {
        lock (call.Gate)
        {
            if (call.IsJoined)
            {
                Life.ModelGenerated();
                call.Media.ModelGenerationComplete();
            }
        }
    }

    public void OnModelTurnComplete(TurnNote note = TurnNote.None)
    {
        lock (call.Gate)
        {
            if (call.IsJoined)
            {
                Life.TurnComplete();
                call.Media.ModelTurnComplete(note);
            }
        }
    }

    public void OnCallerTranscript(ReadOnlySpan<char> text)
    {
        lock (call.Gate)
        {
            if (call.IsJoined)
            {
                call.Media.CallerSaid(text);
            }
        }
    }

    public void OnModelTranscript(ReadOnlySpan<char> text)
    {
        lock (call.Gate)
        {
            if (call.IsJoined)
            {
                call.Media.ModelSaid(text);
            }
        }
    }

    public void OnToolCall(ToolCall tool) => Tools.Called(tool);

    public void OnToolCallCancelled(string id) => Tools.TakenBack(id);

    public void OnModelUsage(long promptTokens, long responseTokens)
    {
        lock (call.Gate)
        {
            Tally.AddTokens(promptTokens, responseTokens);
        }
    }

    public void OnModelGoAway(TimeSpan timeLeft)
    {
        LogGoAway(call.CallSid, timeLeft.TotalSeconds);
        lock (call.Gate)
        {
            if (call.IsJoined)
            {
                Life.GoAway(timeLeft);
            }
        }
    }

    public void OnModelHandle(string handle)
    {
        lock (call.Gate)
        {
            Tally.Handle = handle.Length > 0 ? handle : Tally.Handle;
            if (call.IsJoined)
            {
                Life.Handle(handle);
            }
        }
    }

    public void OnModelBatchEnd()
    {
        lock (call.Gate)
        {
            Stalls.Watch?.Message();
            if (call.IsJoined)
            {
                if (_isFresh)
                {
                    _isFresh = false;
                    call.Media.Housekeep(); // what was kept for it
                }

                call.Media.Pump();
                Life.CheckRotation();
            }

            call.Caller.Flush();
            call.Model.Flush();
        }
    }

    public void OnModelClosed(ModelEnding ending)
    {
        lock (call.Gate)
        {
            if (!call.IsOver)
            {
                Life.Note(ModelEventKind.GaveUp, ending.Detail);
                call.LoseModel(ending);
            }
        }
    }

    [LoggerMessage(1008, LogLevel.Debug, "call {CallSid}: model ready after {Milliseconds} ms: {Model}")]
    private partial void LogReady(CallSid callSid, long milliseconds, string model);

    [LoggerMessage(1009, LogLevel.Debug, "call {CallSid}: barge-in")]
    private partial void LogBargeIn(CallSid callSid);

    [LoggerMessage(1010, LogLevel.Information, "call {CallSid}: the model closes its connection in {Seconds:0} s")]
    private partial void LogGoAway(CallSid callSid, double seconds);
}
