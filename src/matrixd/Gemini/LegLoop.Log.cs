using Matrixd.Calls;
using Microsoft.Extensions.Logging;

namespace Matrixd.Gemini;

internal sealed partial class LegLoop
{
    // Event ids 1270-1279 are the leg's. Retired: none.
    [LoggerMessage(1270, LogLevel.Warning, "call {CallSid}: {Reason}: {Report}")]
    private partial void LogClosed(CallSid callSid, string reason, string report);

    [LoggerMessage(1271, LogLevel.Error, "call {CallSid}: unforeseen fault in the model's leg")]
    private partial void LogFault(CallSid callSid, Exception e);

    [LoggerMessage(1272, LogLevel.Warning, "call {CallSid}: the connection to the model was lost: {Report}")]
    private partial void LogLost(CallSid callSid, string report);

    [LoggerMessage(1273, LogLevel.Warning, "call {CallSid}: attempt {Attempt} to come back failed: {Report}")]
    private partial void LogAttemptFailed(CallSid callSid, int attempt, string report);

    [LoggerMessage(1274, LogLevel.Warning, "call {CallSid}: {Reason}: given up after {Attempts} attempts in {Seconds:0.0} s: {Report}")]
    private partial void LogGaveUp(CallSid callSid, string reason, int attempts, double seconds, string report);
}
