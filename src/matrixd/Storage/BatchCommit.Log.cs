using Microsoft.Extensions.Logging;

namespace Matrixd.Storage;

internal sealed partial class BatchCommit
{
    [LoggerMessage(1520, LogLevel.Error, "store cannot write ({Cause}): {Waiting} writes wait and are tried again. Free disk space, or end what locks the database; calls go on")]
    private static partial void LogOutage(ILogger logger, string cause, long waiting);

    [LoggerMessage(1521, LogLevel.Information, "store writes again after {Seconds} s")]
    private static partial void LogRecovered(ILogger logger, long seconds);

    [LoggerMessage(1522, LogLevel.Error, "store lost {Rows} writes, none of them acknowledged ({Cause})")]
    private static partial void LogLost(ILogger logger, int rows, string cause);

    [LoggerMessage(1523, LogLevel.Error, "store could not keep a turn or tool call ({Cause})")]
    private static partial void LogRowFailed(ILogger logger, string cause);

    [LoggerMessage(1524, LogLevel.Error, "store gave up its reserve of disk space: free some soon, when that is used up turns and tool calls are lost")]
    private static partial void LogReserveGone(ILogger logger);
}
