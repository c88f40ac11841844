using Matrixd.Calls;
using Microsoft.Extensions.Logging;

namespace Matrixd.Agents;

internal sealed partial class AgentDirectory
{
    // Event ids 1400-1409. Retired: none.
    [LoggerMessage(1400, LogLevel.Warning, "call {CallSid}: the texts of agent {Agent} name {{{Name}}}, for which the call brings no value; it is left as it stands (told once)")]
    private partial void LogUnknownVariable(CallSid callSid, string agent, string name);

    [LoggerMessage(1401, LogLevel.Warning, "call {CallSid}: its variables cannot be used: {Error}")]
    private partial void LogBadVariables(CallSid callSid, string error);
}
