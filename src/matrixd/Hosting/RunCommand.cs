using System.Net.Sockets;
using System.Security.Cryptography;
using Matrixd.Config;
using Matrixd.Simulation;
using Microsoft.Extensions.Logging;

namespace Matrixd.Hosting;

/// <summary><c>matrixd run</c>: the daemon's life from its configuration to its last call.</summary>
internal static class RunCommand
{
    public static async Task<int> RunAsync(string[] args, TextWriter stdout, TextWriter stderr)
    {
        string path = Commands.DefaultConfig;
        LogLevel level = LogLevel.Information;
        CommandLine flags = new(args);
        while (flags.Next())
        {
            switch (flags.Flag)
            {
                case "--config": path = flags.Text(); break;
                case "--log-level": level = Level(flags); break;
                default: throw flags.Unknown();
            }
        }

        LoadedConfig loaded = ConfigReader.Read(path, new SystemConfigEnvironment());
        using ILoggerFactory loggers = DaemonLogging.Create(level);
        ILogger logger = loggers.CreateLogger<Daemon>();
        foreach (ConfigProblem warning in loaded.Warnings)
        {
            DaemonLogging.LogWarning(logger, warning.ToString());
        }

        using SignalDoor signals = new();
        try
        {
            await using Daemon daemon = await Daemon.StartAsync(loaded.Config, loggers, TimeProvider.System);
            foreach (string address in daemon.Addresses)
            {
                await stdout.WriteLineAsync($"ready {address}");
            }

            await stdout.FlushAsync();
            await new DaemonLife(daemon, signals, path, loaded, loggers).RunAsync();
            return Commands.Done;
        }
        catch (Exception e) when (e is IOException or SocketException or UnauthorizedAccessException or CryptographicException)
        {
            await stderr.WriteLineAsync($"matrixd: cannot start: {e.Message}");
            return Commands.Failed;
        }
    }

    private static LogLevel Level(CommandLine flags)
    {
        string word = flags.Text();
        return word switch
        {
            "trace" => LogLevel.Trace,
            "debug" => LogLevel.Debug,
            "info" or "information" => LogLevel.Information,
            "warning" => LogLevel.Warning,
            "error" => LogLevel.Error,
            _ => throw new CommandUsageException($"--log-level \"{word}\": one of trace, debug, info, warning, error"),
        };
    }
}
