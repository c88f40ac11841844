using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace Matrixd.Hosting;

/// <summary>Where log lines go: standard error, from a bounded queue that drops rather than holds up a call; the journal's form under systemd.</summary>
internal static partial class DaemonLogging
{
    // A blocked sink (journald stopped, a full pipe) costs lines, not calls.
    private const int QueuedLines = 4096;

    public static ILoggerFactory Create(LogLevel level) => LoggerFactory.Create(logging =>
    {
        logging.SetMinimumLevel(level);
        logging.AddFilter("Microsoft", LogLevel.Warning);
        logging.AddFilter("Microsoft.Extensions.Hosting", LogLevel.None); // a failed start, with its stack: it is thrown as well, and told in one line
        bool journal = Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 };
        if (journal)
        {
            logging.AddSystemdConsole(options => options.IncludeScopes = false);
        }
        else
        {
            logging.AddSimpleConsole(options =>
            {
                options.SingleLine = true;
                options.UseUtcTimestamp = true;
                options.TimestampFormat = "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ";
                options.ColorBehavior = LoggerColorBehavior.Disabled;
            });
        }

        logging.AddConsole(options =>
        {
            options.LogToStandardErrorThreshold = LogLevel.Trace; // standard output is for the ready line and for results
            options.MaxQueueLength = QueuedLines;
            options.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite;
            options.FormatterName = journal ? ConsoleFormatterNames.Systemd : ConsoleFormatterNames.Simple;
        });
    });

    // Event ids 1700-1799 are this room's. Retired: none.
    [LoggerMessage(1700, LogLevel.Warning, "{Warning}")]
    public static partial void LogWarning(ILogger logger, string warning);
}
