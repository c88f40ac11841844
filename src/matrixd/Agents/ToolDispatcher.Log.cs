using Matrixd.Calls;
using Microsoft.Extensions.Logging;

namespace Matrixd.Agents;

internal sealed partial class ToolDispatcher
{
    // Event ids 1410-1419. Arguments and answers are customers' data and stay out. Retired: none.
    [LoggerMessage(1410, LogLevel.Debug, "call {CallSid}: tool {Tool}: {Outcome} after {Milliseconds} ms")]
    private partial void LogRan(CallSid callSid, string tool, string outcome, long milliseconds);

    [LoggerMessage(1411, LogLevel.Warning, "call {CallSid}: tool {Tool} cannot be reached: {Cause}")]
    private partial void LogUnreachable(CallSid callSid, string tool, string cause);

    [LoggerMessage(1412, LogLevel.Error, "call {CallSid}: tool {Tool} failed in a way that was not foreseen")]
    private partial void LogFailed(CallSid callSid, string tool, Exception e);
}
