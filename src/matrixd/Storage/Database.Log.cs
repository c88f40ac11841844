using Microsoft.Extensions.Logging;

namespace Matrixd.Storage;

internal sealed partial class Database
{
    [LoggerMessage(1500, LogLevel.Information, "store {Path} open ({Kind}, schema {From} -> {To}, SQLite {Sqlite})")]
    private static partial void LogOpened(ILogger logger, string path, string kind, int from, int to, Version sqlite);

    [LoggerMessage(1501, LogLevel.Warning, "the previous run did not end its calls: {Crashed} rows became crashed, {NeverConnected} never_connected")]
    private static partial void LogRestart(ILogger logger, int crashed, int neverConnected);

    [LoggerMessage(1502, LogLevel.Information, "store {Path} closed")]
    private static partial void LogClosed(ILogger logger, string path);

    [LoggerMessage(1503, LogLevel.Warning, "no room for the reserve of store {Path}: less than {Mebibytes} MiB are free beside it")]
    private static partial void LogNoReserve(ILogger logger, string path, long mebibytes);
}
