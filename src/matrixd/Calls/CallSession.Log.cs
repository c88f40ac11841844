using Microsoft.Extensions.Logging;

namespace Matrixd.Calls;

internal sealed partial class CallSession
{
    // Event ids 1000-1099 are this room's. Retired: none.
    [LoggerMessage(1001, LogLevel.Information, "call {CallSid} started: stream {StreamSid}, {Direction}, agent {Agent}, from {From}; caller {SampleRate} Hz -> 16000 Hz model 24000 Hz -> {SampleRate} Hz caller")]
    private partial void LogStarted(CallSid callSid, StreamSid streamSid, CallDirection direction, string agent, string from, int sampleRate);

    [LoggerMessage(1002, LogLevel.Information, "call {CallSid} ended: {Reason} after {Seconds:0.0} s {Detail}")]
    private partial void LogEnded(CallSid callSid, string reason, double seconds, string detail);

    [LoggerMessage(1003, LogLevel.Warning, "call {CallSid}: {Reason}: {Detail}")]
    private partial void LogModelLost(CallSid callSid, string reason, string detail);

    [LoggerMessage(1004, LogLevel.Error, "call {CallSid}: could not be begun and is ended")]
    private partial void LogNotBegun(CallSid callSid, Exception e);

    [LoggerMessage(1005, LogLevel.Warning, "call {CallSid}: apology {Path} could not be played: {Error}")]
    private partial void LogApologyFailed(CallSid callSid, string path, string error);
}
