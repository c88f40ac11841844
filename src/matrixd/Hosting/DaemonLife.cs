using Matrixd.Agents;
using Matrixd.Calls;
using Matrixd.Config;
using Microsoft.Extensions.Logging;

namespace Matrixd.Hosting;

/// <summary>What the daemon does when asked: drains at the first SIGTERM, ends at the second or at SIGINT, reads its configuration at SIGHUP.</summary>
internal sealed partial class DaemonLife(Daemon daemon, SignalDoor signals, string configPath, LoadedConfig loaded, ILoggerFactory loggers)
{
    // Operators who wait for the last call want to know for whom.
    private static readonly TimeSpan s_reportEvery = TimeSpan.FromSeconds(5);

    private readonly ILogger _logger = loggers.CreateLogger<DaemonLife>();
    private LoadedConfig _loaded = loaded;

    /// <summary>Completes when the daemon has no more calls and is to end.</summary>
    public async Task RunAsync()
    {
        SystemdNotify.Send("READY=1");
        while (true)
        {
            DaemonRequest request = await signals.Requests.ReadAsync();
            switch (request)
            {
                case DaemonRequest.Reload:
                    Reload();
                    break;
                case DaemonRequest.Stop:
                    SystemdNotify.Send("STOPPING=1");
                    await EndAsync(CallEndReason.Aborted, "the daemon was told to stop");
                    return;
                default:
                    SystemdNotify.Send("STOPPING=1");
                    await DrainAsync();
                    return;
            }
        }
    }

    private async Task DrainAsync()
    {
        TimeSpan budget = _loaded.Config.Server.DrainTimeout;
        Task empty = daemon.Registry.DrainAsync();
        LogDraining(daemon.Registry.Slots, budget);
        Task<bool> ended = WaitForEndRequestAsync();
        long started = TimeProvider.System.GetTimestamp();
        while (!empty.IsCompleted)
        {
            TimeSpan left = budget - TimeProvider.System.GetElapsedTime(started);
            if (left <= TimeSpan.Zero)
            {
                await EndAsync(CallEndReason.Drained, "the daemon's drain timeout was over");
                return;
            }

            TimeSpan step = left < s_reportEvery ? left : s_reportEvery;
            await Task.WhenAny(empty, ended, Task.Delay(step));
            if (ended.IsCompleted)
            {
                await EndAsync(CallEndReason.Aborted, "the daemon was told to stop");
                return;
            }

            if (!empty.IsCompleted)
            {
                // Units may give up on a service that takes longer than they know: say that it goes on.
                SystemdNotify.Send($"EXTEND_TIMEOUT_USEC={(long)(s_reportEvery * 3).TotalMicroseconds}");
                LogRemaining(daemon.Registry.Slots, string.Join(' ', daemon.Registry.Snapshot().Take(10).Select(call => call.CallSid.Value)));
            }
        }

        LogDrained();
    }

    // A second SIGTERM, or SIGINT.
    private async Task<bool> WaitForEndRequestAsync()
    {
        while (await signals.Requests.ReadAsync() == DaemonRequest.Reload)
        {
            LogReloadRefused();
        }

        return true;
    }

    private async Task EndAsync(CallEndReason reason, string detail)
    {
        Task empty = daemon.Registry.DrainAsync();
        LogEnding(daemon.Registry.Slots, reason.Word());
        daemon.Registry.StopAll(reason, detail);
        try
        {
            await empty.WaitAsync(_loaded.Config.Calls.CloseTimeout + TimeSpan.FromSeconds(1));
        }
        catch (TimeoutException)
        {
            LogLeft(daemon.Registry.Slots);
        }
    }

    private void Reload()
    {
        try
        {
            LoadedConfig fresh = ConfigReader.Read(configPath, new SystemConfigEnvironment());
            daemon.Reload(fresh.Config);
            _loaded = fresh;
            LogReloaded(configPath, fresh.Config.Agents.Count, fresh.Config.Tools.Count);
        }
        catch (Exception e) when (e is ConfigException or AgentOptionsException)
        {
            LogNotReloaded(configPath, e.Message);
        }
    }

    [LoggerMessage(1710, LogLevel.Information, "draining: {Calls} calls go on, new ones get 503, for at most {Budget}")]
    private partial void LogDraining(int calls, TimeSpan budget);

    [LoggerMessage(1711, LogLevel.Information, "draining: {Calls} calls remain: {CallSids}")]
    private partial void LogRemaining(int calls, string callSids);

    [LoggerMessage(1712, LogLevel.Information, "drained: the last call has ended")]
    private partial void LogDrained();

    [LoggerMessage(1713, LogLevel.Warning, "ending {Calls} calls: {Reason}")]
    private partial void LogEnding(int calls, string reason);

    [LoggerMessage(1714, LogLevel.Error, "{Calls} sockets did not close in time; they are cut")]
    private partial void LogLeft(int calls);

    [LoggerMessage(1715, LogLevel.Information, "{Path} read again: {Agents} agents, {Tools} tools and the wire tap are in force for new calls; everything else takes effect with a restart")]
    private partial void LogReloaded(string path, int agents, int tools);

    [LoggerMessage(1716, LogLevel.Error, "{Path} was not taken, the old configuration stays:\n{Errors}")]
    private partial void LogNotReloaded(string path, string errors);

    [LoggerMessage(1717, LogLevel.Warning, "no reload while draining")]
    private partial void LogReloadRefused();
}
