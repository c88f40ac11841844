using Microsoft.Extensions.Logging;

namespace Matrixd.Calls;

/// <summary>What the model's tool calls do to the call: they run, are answered, and are written down.</summary>
/// <remarks>Every event takes the call's gate; after the call's end none has an effect.</remarks>
internal sealed partial class ToolEvents(CallSession call, CallEnvironment environment)
{
    private readonly ILogger _logger = environment.Logger;

    /// <summary>Set with the row's adoption, before the model hears anything.</summary>
    public ToolCalls? Running { get; set; }

    /// <summary>True while a tool call has no answer.</summary>
    public bool IsAny => Running is { Count: > 0 };

    /// <summary>The model calls a tool.</summary>
    public void Called(ToolCall tool)
    {
        lock (call.Gate)
        {
            if (!call.IsJoined)
            {
                return;
            }

            CallCounters.Add(ref environment.Counters.ToolCalls);
            call.Events.Stalls.Watch?.ToolCalled();
            if (Running!.Start(tool) is { } refusal)
            {
                Answer(tool, new ToolResult("error", ToolResponses.Error(refusal)), TimeSpan.Zero);
                call.Model.Flush();
            }
        }
    }

    /// <summary>The model takes a call back.</summary>
    public void TakenBack(string id)
    {
        lock (call.Gate)
        {
            if (call.IsJoined && Running!.Cancel(id) is var (tool, ran))
            {
                WriteDown(tool, new ToolResult("cancelled", ""), ran);
            }
        }
    }

    /// <summary>A tool has ended; on a pool thread.</summary>
    public void Completed(ToolCall tool, ToolResult result, TimeSpan ran)
    {
        lock (call.Gate)
        {
            if (!Running!.Finish(tool))
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
    public void Abandon()
    {
        foreach ((ToolCall tool, TimeSpan ran) in Running?.Abandon() ?? [])
        {
            WriteDown(tool, new ToolResult("cancelled", ""), ran);
        }
    }

    private void Answer(ToolCall tool, ToolResult result, TimeSpan ran)
    {
        call.Model.SendToolResponse(tool.Id, tool.Name, result.Response);
        call.Events.Life.ToolAnswered(tool.Name, result.Response);
        call.Events.Stalls.Asked();
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
}
