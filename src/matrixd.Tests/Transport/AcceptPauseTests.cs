using Matrixd.Tests.Support;
using Matrixd.Transport;
using Microsoft.Extensions.Logging;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>What a listener does without descriptors, in virtual time. F3.</summary>
public sealed class AcceptPauseTests : IDisposable
{
    private readonly VirtualTime _time = new();
    private readonly ListLoggers _loggers = new();

    public void Dispose() => _loggers.Dispose();

    [Fact]
    public async Task Each_attempt_that_failed_is_followed_by_a_wait()
    {
        HeldTimers timers = new();

        Task wait = new AcceptPause(_loggers.CreateLogger("listener"), timers).WaitAsync("Too many open files");

        Assert.Equal(TimeSpan.FromMilliseconds(100), timers.Due);
        Assert.False(wait.IsCompleted);
        timers.Fire!();
        await wait.WaitAsync(TimeSpan.FromSeconds(30));
    }

    [Fact]
    public void It_is_told_at_once_and_once_a_minute_for_as_long_as_it_lasts()
    {
        AcceptPause pause = new(_loggers.CreateLogger("listener"), _time);

        for (int i = 0; i <= 1200; i++)
        {
            _ = pause.WaitAsync("Too many open files");
            _time.Advance(TimeSpan.FromMilliseconds(100));
        }

        Assert.Equal(3, _loggers.Lines.Count);
        Assert.All(_loggers.Lines, line => Assert.Contains("Too many open files", line, StringComparison.Ordinal));
    }

    [Fact]
    public void A_listener_that_is_stopped_waits_no_longer()
    {
        using CancellationTokenSource stopping = new();
        Task wait = new AcceptPause(_loggers.CreateLogger("listener"), _time).WaitAsync("Too many open files", stopping.Token);

        stopping.Cancel();

        Assert.True(wait.IsCanceled);
    }

    private sealed class HeldTimers : TimeProvider
    {
        public Action? Fire { get; private set; }

        public TimeSpan Due { get; private set; }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            (Due, Fire) = (dueTime, () => callback(state));
            return base.CreateTimer(_ => { }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }
}
