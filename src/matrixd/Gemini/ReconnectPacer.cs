using Matrixd.Timing;

namespace Matrixd.Gemini;

/// <summary>Spreads the reconnects of all calls: what a regional outage took down together must not come back together.</summary>
/// <remarks>
/// One for the daemon; any thread. First come, first served, at a rate by which all live calls are back within 15 s; slower after a refusal for
/// frequency, and at a trickle while half of what is tried fails. A single call's attempt never waits while the others are well. The lock is held for
/// a few additions; waiters are let go outside it.
/// </remarks>
internal sealed class ReconnectPacer
{
    /// <summary>All calls are back within this, where the service lets them.</summary>
    public static readonly TimeSpan Spread = TimeSpan.FromSeconds(15);

    /// <summary>However few calls there are: attempts a second.</summary>
    public const double LeastRate = 20;

    /// <summary>Attempts that need not wait for each other: what a restarted load balancer drops at once and everybody can take.</summary>
    public const int Burst = 20;

    // A project's limits are by the minute: half a minute at a quarter of the rate lets a full window drain.
    private static readonly TimeSpan s_slowFor = TimeSpan.FromSeconds(30);
    private const double SlowShare = 0.25;

    // While half of what is tried fails, these two a second find out when it does no longer.
    private const double TrickleRate = 2;

    private readonly Lock _gate = new();
    private readonly TimerWheel _wheel;
    private readonly Func<long> _live;
    private readonly Queue<TaskCompletionSource> _waiting = new();
    private readonly AttemptWindow _window = new();
    private readonly WheelTimer _timer;
    private double _tokens = Burst;
    private TimeSpan _filledAt;
    private TimeSpan _slowUntil;

    /// <param name="live">Calls that may need a connection.</param>
    public ReconnectPacer(TimerWheel wheel, Func<long> live)
    {
        _wheel = wheel;
        _live = live;
        _timer = new WheelTimer(Release);
    }

    /// <summary>Attempts that wait for their turn.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Waits for a turn.</summary>
    /// <exception cref="OperationCanceledException"><paramref name="closing"/> fired; the turn goes to the next.</exception>
    public async Task EnterAsync(CancellationToken closing)
    {
        TaskCompletionSource turn = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            Fill();
            if (_waiting.Count == 0 && _tokens >= 1)
            {
                _tokens--;
                return;
            }

            _waiting.Enqueue(turn);
            SetTimer();
        }

        await using CancellationTokenRegistration cancelled = closing.Register(() => turn.TrySetCanceled(closing));
        await turn.Task;
    }

    /// <summary>What came of an attempt.</summary>
    /// <param name="tooMany">The service said that there were too many.</param>
    public void Report(bool succeeded, bool tooMany)
    {
        lock (_gate)
        {
            Fill(); // until here at the old rate
            _window.Add(_wheel.Now, succeeded);
            _slowUntil = tooMany ? _wheel.Now + s_slowFor : _slowUntil;
        }
    }

    private void Release()
    {
        lock (_gate)
        {
            Fill();
            while (_tokens >= 1 && _waiting.TryDequeue(out TaskCompletionSource? turn))
            {
                _tokens -= turn.TrySetResult() ? 1 : 0; // its continuation runs elsewhere; one that was cancelled takes nothing
            }

            SetTimer();
        }
    }

    private void Fill()
    {
        TimeSpan now = _wheel.Now;
        _tokens = Math.Min(Burst, _tokens + ((now - _filledAt).TotalSeconds * Rate(now)));
        _filledAt = now;
    }

    private double Rate(TimeSpan now)
    {
        double rate = Math.Max(LeastRate, _live() / Spread.TotalSeconds);
        rate = now < _slowUntil ? rate * SlowShare : rate;
        return _window.MostlyFails(now) ? Math.Min(rate, TrickleRate) : rate;
    }

    private void SetTimer()
    {
        if (_waiting.Count > 0)
        {
            _wheel.Set(_timer, TimeSpan.FromSeconds(Math.Max(0, 1 - _tokens) / Rate(_wheel.Now)));
        }
    }
}
