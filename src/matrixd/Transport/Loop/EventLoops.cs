using Matrixd.Timing;
using Microsoft.Extensions.Logging;

namespace Matrixd.Transport.Loop;

/// <summary>The process's event loops: one for each processor it may use.</summary>
/// <remarks>
/// A connection stays on the loop it was given to. Both legs of a call are on one, because what is dialled on a loop's thread
/// stays there. The first loop drives the timer wheel.
/// </remarks>
internal sealed partial class EventLoops : ILoopOwner, IDisposable
{
    // Stalls come in bursts, and each line would prolong them.
    private static readonly TimeSpan s_tellAgain = TimeSpan.FromSeconds(10);

    private readonly List<EventLoop> _loops = [];
    private readonly ILogger _logger;
    private readonly Lock _gate = new(); // guards what was last told
    private long _toldAt = long.MinValue;
    private long _stalls;
    private int _next;

    private EventLoops(int count, TimerWheel? wheel, ILogger logger)
    {
        _logger = logger;
        for (int i = 0; i < count; i++)
        {
            _loops.Add(new EventLoop($"event loop {i}", i == 0 ? wheel : null, this));
        }
    }

    /// <summary>Times that a loop stood still for longer than <see cref="EventLoop.Stall"/>.</summary>
    public long Stalls => Volatile.Read(ref _stalls);

    /// <summary>Makes them; <see cref="Start"/> sets them going.</summary>
    /// <param name="count">Loops; at least one.</param>
    /// <param name="wheel">Driven by the first of them from now on; null: by somebody else.</param>
    /// <returns>Null where this machine has no event loops of ours; that is logged, and the portable way serves.</returns>
    public static EventLoops? Create(int count, TimerWheel? wheel, ILogger<EventLoops> logger)
    {
        string missing = Missing;
        if (missing.Length > 0)
        {
            LogPortable(logger, missing);
            return null;
        }

        return new EventLoops(count, wheel, logger);
    }

    public void Start()
    {
        foreach (EventLoop loop in _loops)
        {
            loop.Start();
        }
    }

    /// <summary>Why there can be none; empty: there can.</summary>
    public static string Missing => OperatingSystem.IsLinux() ? OpenSsl.Missing : "this system is not Linux";

    /// <summary>Where a connection goes that we make: to the loop on which its cause began, else to each in turn.</summary>
    public EventLoop Choose() => EventLoop.Home is { } home && _loops.Contains(home) ? home : Spread();

    /// <summary>Each loop in turn.</summary>
    public EventLoop Spread() => _loops[(int)((uint)Interlocked.Increment(ref _next) % (uint)_loops.Count)];

    public void OnHandlerFault(Exception error) => LogHandlerFault(_logger, error);

    public void OnTimerFault(Exception error) => LogTimerFault(_logger, error);

    public void OnLoopStalled(string loop, TimeSpan time)
    {
        Interlocked.Increment(ref _stalls);
        long now = TimeProvider.System.GetTimestamp();
        lock (_gate)
        {
            if (_toldAt != long.MinValue && TimeProvider.System.GetElapsedTime(_toldAt, now) < s_tellAgain)
            {
                return;
            }

            _toldAt = now;
        }

        LogStalled(_logger, loop, time.TotalMilliseconds);
    }

    public void Dispose()
    {
        foreach (EventLoop loop in _loops)
        {
            loop.Dispose();
        }
    }

    // Event ids 1350-1359 are the loops'. Retired: none.
    [LoggerMessage(1350, LogLevel.Warning, "no event loop: {Why}; sockets are served the portable way, which takes more processor time")]
    private static partial void LogPortable(ILogger logger, string why);

    [LoggerMessage(1351, LogLevel.Error, "unforeseen fault in a connection; it is over, the others go on")]
    private static partial void LogHandlerFault(ILogger logger, Exception e);

    [LoggerMessage(1352, LogLevel.Error, "unforeseen fault in a call's timer")]
    private static partial void LogTimerFault(ILogger logger, Exception e);

    [LoggerMessage(1353, LogLevel.Warning, "{Loop} stood still for {Milliseconds:0} ms: callers may have heard it")]
    private static partial void LogStalled(ILogger logger, string loop, double milliseconds);
}
