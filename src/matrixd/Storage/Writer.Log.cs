using Microsoft.Extensions.Logging;

namespace Matrixd.Storage;

internal sealed partial class Writer
{
    [LoggerMessage(1510, LogLevel.Warning, "store could not be closed cleanly ({Cause}); nothing acknowledged is lost, the next start checks the file")]
    private static partial void LogCloseFailed(ILogger logger, string cause);
}
