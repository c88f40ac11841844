using Matrixd.Timing;
using Xunit;

namespace Matrixd.Tests.Timing;

public sealed class VirtualClockTests
{
    private readonly VirtualClock _clock = new(new DateTimeOffset(2026, 11, 22, 9, 0, 0, TimeSpan.Zero));

    [Fact]
    public void Timers_fire_in_order_each_at_its_own_time()
    {
        List<string> fired = [];
        using ITimer late = _clock.CreateTimer(_ => fired.Add($"late {_clock.Now.TotalSeconds}"), null, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        using ITimer first = _clock.CreateTimer(_ => fired.Add($"first {_clock.Now.TotalSeconds}"), null, TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        using ITimer same = _clock.CreateTimer(_ => fired.Add($"same {_clock.Now.TotalSeconds}"), null, TimeSpan.FromSeconds(2), Timeout.InfiniteTimeSpan);
        using ITimer again = _clock.CreateTimer(_ => fired.Add($"again {_clock.Now.TotalSeconds}"), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(2));
        ITimer gone = _clock.CreateTimer(_ => fired.Add("gone"), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        gone.Dispose();

        Assert.Equal(TimeSpan.FromSeconds(1), _clock.NextDue);
        _clock.AdvanceTo(TimeSpan.FromSeconds(3));

        Assert.Equal(["again 1", "first 2", "same 2", "late 3", "again 3"], fired);
        Assert.Equal(new DateTimeOffset(2026, 11, 22, 9, 0, 3, TimeSpan.Zero), _clock.GetUtcNow());
        _clock.AdvanceTo(TimeSpan.FromSeconds(1));
        Assert.Equal(TimeSpan.FromSeconds(3), _clock.Now); // never back
    }

    [Fact]
    public void Delays_and_limits_of_the_framework_stand_on_it()
    {
        Task delay = Task.Delay(TimeSpan.FromHours(1), _clock);
        using CancellationTokenSource limit = new(TimeSpan.FromMinutes(30), _clock);

        _clock.AdvanceTo(TimeSpan.FromMinutes(59));
        Assert.True(limit.IsCancellationRequested);
        Assert.False(delay.IsCompleted);
        _clock.AdvanceTo(TimeSpan.FromHours(1));
        Assert.True(delay.IsCompleted);
        Assert.Equal(TimeSpan.MaxValue, _clock.NextDue);
    }

    [Fact]
    public void What_is_awaited_goes_on_on_the_own_thread_when_its_turn_comes()
    {
        SynchronizationContext? before = SynchronizationContext.Current;
        OwnThread thread = new();
        List<string> done = [];
        TaskCompletionSource elsewhere = new(TaskCreationOptions.RunContinuationsAsynchronously);
        SynchronizationContext.SetSynchronizationContext(thread);
        try
        {
            Task yielding = StepsAsync();
            done.Add("begun");
            thread.RunAll();
            Assert.Equal(["begun", "yielded True"], done);
            elsewhere.SetResult();
            thread.RunAll();
            Assert.Equal(["begun", "yielded True", "awaited True"], done);
            Assert.True(yielding.IsCompletedSuccessfully);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        async Task StepsAsync()
        {
            await Task.Yield();
            done.Add($"yielded {thread.IsHere}");
            await elsewhere.Task;
            done.Add($"awaited {thread.IsHere}");
        }
    }
}
