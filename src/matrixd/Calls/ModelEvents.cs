using Microsoft.Extensions.Logging;

namespace Matrixd.Calls;

/// <summary>What the model does, as it changes the call. Every event takes the call's gate; after the call's end none has an effect.</summary>
internal sealed partial class ModelEvents(CallSession call, CallEnvironment environment) : IModelSink
{
    private readonly ILogger _logger = environment.Logger;

    /// <summary>Set with the row's adoption, before the model hears anything.</summary>
    public ToolCalls? Tools { get; set; }

    public CallTally Tally { get; } = new();

    public ModelLife Life { get; } = new(call, environment);

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
                    call.Stalls.Asked();
                }
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

    public Task OnFreshSessionAsync() => Task.CompletedTask;

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
                call.Media.ModelTurnComplete(note);
            }
        }
    }

    public void OnCallerTranscript(string text)
    {
        lock (call.Gate)
        {
            if (call.IsJoined)
            {
                call.Media.CallerSaid(text);
            }
        }
    }

    public void OnModelTranscript(string text)
    {
        lock (call.Gate)
        {
            if (call.IsJoined)
            {
                call.Media.ModelSaid(text);
            }
        }
    }

    public void OnToolCall(ToolCall tool)
    {
        lock (call.Gate)
        {
            if (!call.IsJoined)
            {
                return;
            }

            CallCounters.Add(ref environment.Counters.ToolCalls);
            call.Stalls.Watch?.ToolCalled();
            if (Tools!.Start(tool) is { } refusal)
            {
                Answer(tool, new ToolResult("error", ToolResponses.Error(refusal)), TimeSpan.Zero);
                call.Model.Flush();
            }
        }
    }

    public void OnToolCallCancelled(string id)
    {
        lock (call.Gate)
        {
            if (call.IsJoined && Tools!.Cancel(id) is var (tool, ran))
            {
                WriteDown(tool, new ToolResult("cancelled", ""), ran);
            }
        }
    }

    /// <summary>A tool has ended; on a pool thread.</summary>
    public void OnToolCompleted(ToolCall tool, ToolResult result, TimeSpan ran)
    {
        lock (call.Gate)
        {
            if (!Tools!.Finish(tool))
            {
                return; // taken back, and written down as such
            }

            if (call.IsJoined)
            {
                Answer(tool, result, ran);
                call.Model.Flush();
            }
            else
            {
                WriteDown(tool, result with { Response = "" }, ran); // the model is gone: nobody hears it
            }
        }
    }

    /// <summary>The call is over: what runs is written down as cancelled. Under the gate.</summary>
    public void AbandonTools()
    {
        foreach ((ToolCall tool, TimeSpan ran) in Tools?.Abandon() ?? [])
        {
            WriteDown(tool, new ToolResult("cancelled", ""), ran);
        }
    }

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
        OnModelEvent(ModelEventKind.GoAway, FormattableString.Invariant($"{timeLeft.TotalSeconds:0.#} s left"));
    }

    public void OnModelHandle(string handle)
    {
        lock (call.Gate)
        {
            Tally.Handle = handle;
        }
    }

    public void OnModelBatchEnd()
    {
        lock (call.Gate)
        {
            call.Stalls.Watch?.Message();
            if (call.IsJoined)
            {
                if (_isFresh)
                {
                    _isFresh = false;
                    call.Media.Housekeep(); // what was kept for it
                }

                call.Media.Pump();
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

    private void Answer(ToolCall tool, ToolResult result, TimeSpan ran)
    {
        call.Model.SendToolResponse(tool.Id, tool.Name, result.Response);
        call.Stalls.Asked();
        WriteDown(tool, result, ran);
    }

    private void WriteDown(ToolCall tool, ToolResult result, TimeSpan ran)
    {
        long end = (long)call.Media.Elapsed.TotalMilliseconds;
        long duration = (long)ran.TotalMilliseconds;
        LogTool(call.CallSid, tool.Name, result.Outcome, duration);
        environment.Log.ToolCall(new ToolCallRecord(
            call.CallSid, call.StreamSid, tool.Id, tool.Name, tool.Arguments, result.Outcome, result.Response, Math.Max(0, end - duration), duration));
    }

    [LoggerMessage(1007, LogLevel.Debug, "call {CallSid}: tool {Tool} {Outcome} after {Milliseconds} ms")]
    private partial void LogTool(CallSid callSid, string tool, string outcome, long milliseconds);

    [LoggerMessage(1008, LogLevel.Debug, "call {CallSid}: model ready after {Milliseconds} ms: {Model}")]
    private partial void LogReady(CallSid callSid, long milliseconds, string model);

    [LoggerMessage(1009, LogLevel.Debug, "call {CallSid}: barge-in")]
    private partial void LogBargeIn(CallSid callSid);

    [LoggerMessage(1010, LogLevel.Information, "call {CallSid}: the model closes its connection in {Seconds:0} s")]
    private partial void LogGoAway(CallSid callSid, double seconds);
}
