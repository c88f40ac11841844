using Microsoft.Extensions.Logging;

namespace Matrixd.Calls;

/// <summary>What is left to do when a call has been stopped: its row, its tools, the model's socket. Once, outside the gate.</summary>
internal sealed partial class CallEnding(CallSession call, CallEnvironment environment, ModelEvents events)
{
    private readonly ILogger _logger = environment.Logger;

    /// <param name="ownsRow">False: the row belongs to another stream, and is left alone.</param>
    /// <param name="apology">Completes when nothing is played any more.</param>
    public Task RunAsync(bool ownsRow, Task apology) => Task.WhenAll(ownsRow ? EndRowAsync() : Task.CompletedTask, LetGoAsync(apology));

    private async Task EndRowAsync()
    {
        try
        {
            await environment.Sessions.EndAsync(Ending());
        }
#pragma warning disable CA1031 // the root of a call: what the store says of its end is logged, the call is over all the same
        catch (Exception e)
#pragma warning restore CA1031
        {
            LogNotEnded(call.CallSid, e);
        }
    }

    private StreamEnding Ending() => new()
    {
        StreamSid = call.StreamSid,
        CallSid = call.CallSid,
        Reason = call.EndReason,
        Detail = call.EndDetail,
        RecordingPath = call.Media.RecordingFile is { HasFailed: false } recording ? recording.Path : "",
        Model = events.Tally.Model,
        GeminiHandle = events.Tally.Handle,
        PromptTokens = events.Tally.PromptTokens,
        ResponseTokens = events.Tally.ResponseTokens,
        At = environment.Clock.GetUtcNow(),
    };

    private async Task LetGoAsync(Task apology)
    {
        Task tools = events.Tools.Running?.LetGoAsync() ?? Task.CompletedTask;
        try
        {
            await Task.WhenAll(apology, call.Model.Closed, tools).WaitAsync(environment.Options.CloseTimeout * 2, environment.Clock);
        }
        catch (TimeoutException)
        {
            LogTimedOut(call.CallSid);
        }
    }

    [LoggerMessage(1006, LogLevel.Warning, "call {CallSid}: its tools or the model's socket did not let go in time")]
    private partial void LogTimedOut(CallSid callSid);

    [LoggerMessage(1011, LogLevel.Error, "call {CallSid}: its end could not be written down; the next start of the daemon does")]
    private partial void LogNotEnded(CallSid callSid, Exception e);
}
