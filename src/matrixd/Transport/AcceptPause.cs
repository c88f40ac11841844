using Microsoft.Extensions.Logging;

namespace Matrixd.Transport;

/// <summary>What a listener does when no connection can be taken: says so, now and then, and waits a moment.</summary>
/// <remarks>
/// Without descriptors or memory every attempt fails at once, for as long as it lasts: a listener that tried again at once would take a processor
/// from the calls that go on. One for each listener; one call at a time.
/// </remarks>
internal sealed partial class AcceptPause(ILogger logger, TimeProvider clock)
{
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan s_tellAgain = TimeSpan.FromMinutes(1);

    private long _toldAt = long.MinValue;

    /// <param name="error">What failed, in words.</param>
    public Task WaitAsync(string error, CancellationToken stopping = default)
    {
        long now = clock.GetTimestamp();
        if (_toldAt == long.MinValue || clock.GetElapsedTime(_toldAt, now) >= s_tellAgain)
        {
            _toldAt = now;
            LogWaiting(logger, error);
        }

        return Task.Delay(s_pause, clock, stopping);
    }

    // Event ids 1360-1369 are the listeners'. Retired: none.
    [LoggerMessage(1360, LogLevel.Error, "new connections wait, running calls go on: {Error}. Where descriptors are short, raise LimitNOFILE or lower max_calls")]
    private static partial void LogWaiting(ILogger logger, string error);
}
