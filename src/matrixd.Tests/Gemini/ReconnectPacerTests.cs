using Matrixd.Gemini;
using Matrixd.Tests.Support;
using Matrixd.Timing;
using Xunit;

namespace Matrixd.Tests.Gemini;

// U20
public sealed class ReconnectPacerTests : IDisposable
{
    private readonly VirtualTime _time = new();
    private readonly TimerWheel _wheel;
    private readonly CancellationTokenSource _closing = new();
    private readonly List<Task> _attempts = [];
    private long _live = 200;

    public ReconnectPacerTests()
    {
        _wheel = new TimerWheel(_time);
        Pacer = new ReconnectPacer(_wheel, () => _live);
        Pass(60);
    }

    private ReconnectPacer Pacer { get; }

    private int Through => _attempts.Count(attempt => attempt.IsCompletedSuccessfully);

    public void Dispose() => _closing.Dispose();

    [Fact]
    public async Task Two_hundred_calls_lost_at_once_come_back_spread_over_less_than_fifteen_seconds()
    {
        await EnterAsync(200);
        int most = 0;
        int before = Through;
        Assert.Equal(ReconnectPacer.Burst, before);
        for (int second = 0; second < 15; second++)
        {
            Pass(1);
            await SettleAsync();
            most = Math.Max(most, Through - before);
            before = Through;
        }

        Assert.Equal(200, Through);
        Assert.InRange(most, 15, 21); // a second
    }

    [Fact]
    public async Task Three_thousand_calls_are_back_in_time_too()
    {
        _live = 3_000;
        await EnterAsync(3_000);
        Pass(15.1);
        await SettleAsync();
        Assert.Equal(3_000, Through);
    }

    [Fact]
    public async Task A_single_call_waits_for_nothing()
    {
        for (int i = 0; i < 30; i++)
        {
            await Pacer.EnterAsync(_closing.Token).WaitAsync(TimeSpan.FromSeconds(20));
            Pacer.Report(succeeded: false, tooMany: false); // too few to say anything, spread out like this
            Pass(2);
        }
    }

    [Fact]
    public async Task After_a_refusal_for_frequency_it_is_slower()
    {
        await EnterAsync(200);
        Pacer.Report(succeeded: false, tooMany: true);
        Pass(10);
        await SettleAsync();
        Assert.InRange(Through, 20 + 48, 20 + 52); // 5 a second
    }

    [Fact]
    public async Task While_half_of_it_fails_a_trickle_finds_out_when_it_does_no_longer()
    {
        await EnterAsync(200);
        Report(good: 5, bad: 15);
        Pass(5);
        await SettleAsync();
        Assert.InRange(Through, 20 + 9, 20 + 11); // 2 a second

        Pass(6); // the failures are forgotten
        Report(good: 10, bad: 0);
        int before = Through;
        Pass(2);
        await SettleAsync();
        Assert.InRange(Through - before, 35, 80);
    }

    [Fact]
    public async Task A_call_that_ends_while_it_waits_leaves_its_turn_to_the_next()
    {
        await EnterAsync(20);
        using CancellationTokenSource ended = new();
        Task gone = Pacer.EnterAsync(ended.Token);
        Task next = Pacer.EnterAsync(_closing.Token);
        await ended.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gone.WaitAsync(TimeSpan.FromSeconds(20)));
        Pass(0.06);
        await next.WaitAsync(TimeSpan.FromSeconds(20));
        Assert.Equal(0, Pacer.Waiting);
    }

    private async Task EnterAsync(int count)
    {
        for (int i = 0; i < count; i++)
        {
            _attempts.Add(Pacer.EnterAsync(_closing.Token));
        }

        await SettleAsync();
    }

    // Those that were let go run on the pool: until all of them are through.
    private Task SettleAsync() => Eventually.TrueAsync(() => Through + Pacer.Waiting == _attempts.Count, "who was let go is through");

    private void Report(int good, int bad)
    {
        for (int i = 0; i < good + bad; i++)
        {
            Pacer.Report(succeeded: i < good, tooMany: false);
        }
    }

    private void Pass(double seconds)
    {
        for (int tick = 0; tick < seconds * 200; tick++)
        {
            _time.Advance(TimerWheel.Tick);
            _wheel.Advance();
        }
    }
}
