using System.Threading.Channels;
using Microsoft.Extensions.Logging;

namespace Matrixd.Gemini;

/// <summary>The token registry: one shared token that every call connects with, and single tokens for browsers.</summary>
/// <remarks>
/// Lives as long as the daemon; any thread. The shared token is replaced on a timer by <see cref="RunAsync"/>, so a call finds one at hand
/// and waits for nothing. Where there is none, all who ask join one mint. Validity is judged by the wall clock at each use; waits are monotonic.
/// </remarks>
internal sealed class TokenService : IDisposable
{
    /// <summary>A token with less left is not handed out: the dial and the setup need some of it.</summary>
    public static readonly TimeSpan LeastLeft = TimeSpan.FromSeconds(60);

    // A call that has no token by then has lost its caller; the connect deadline is the same.
    private static readonly TimeSpan s_longestWait = TimeSpan.FromSeconds(8);

    // A moved wall clock is noticed within this.
    private static readonly TimeSpan s_checkEvery = TimeSpan.FromSeconds(60);

    private readonly GeminiOptions _options;
    private readonly TimeProvider _time;
    private readonly TokenMint _mint;
    private readonly SharedToken _shared;
    private readonly CancellationTokenSource _ended = new();
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });

    /// <summary>Takes up the stored token where it is still good.</summary>
    /// <param name="random">For jitter; null: the process's own.</param>
    public TokenService(GeminiHttp http, GeminiOptions options, ITokenStore store, TimeProvider time, ILogger<TokenService> logger, Random? random = null)
    {
        _options = options;
        _time = time;
        _mint = new TokenMint(http, options, time);
        _shared = new SharedToken(_mint, options, store, time, random ?? Random.Shared, logger);
    }

    /// <summary>What operators see.</summary>
    public TokenServiceState State => _shared.State;

    /// <summary>A token for one connection; at once where there is one, which is always while mints succeed.</summary>
    /// <exception cref="TokenException">There is none, and none to be expected in time.</exception>
    public ValueTask<StoredToken> GetAsync(CancellationToken cancelled)
    {
        if (!_shared.TryTake(out StoredToken? token))
        {
            return new ValueTask<StoredToken>(WaitForTokenAsync(cancelled));
        }

        if (_shared.Held is { NearlyUsedUp: true })
        {
            Wake();
        }

        return new ValueTask<StoredToken>(token);
    }

    /// <summary>Tells that the service refused a token. The next <see cref="GetAsync"/> brings another.</summary>
    /// <param name="why">For the log; the server's words are cleaned here.</param>
    /// <returns>False: another token would be refused too, do not try again.</returns>
    public bool Invalidate(StoredToken used, string why)
    {
        bool worthRetrying = _shared.Invalidate(used, PlainText.Clean(why, secret: _options.ApiKey));
        Wake();
        return worthRetrying;
    }

    /// <summary>Mints a token for one browser session. It is kept nowhere.</summary>
    /// <exception cref="TokenException">The service gave none.</exception>
    public Task<StoredToken> MintBrowserAsync(CancellationToken cancelled) =>
        _mint.MintAsync(GeminiToken.Browser, 1, TokenWindows.ForBrowser(_options.BrowserNewSessionWindow, _options.CallMax), cancelled);

    /// <summary>Keeps the shared token fresh. Called once; ends without a fault when <paramref name="stopping"/> fires.</summary>
    public async Task RunAsync(CancellationToken stopping)
    {
        await using ITimer timer = _time.CreateTimer(
            static service => ((TokenService)service!).Wake(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        try
        {
            while (true)
            {
                HeldToken? held = _shared.Held;
                TimeSpan wait = UntilRefresh(held);
                if (wait <= TimeSpan.Zero && _shared.MintUnlessChanged(held, out wait, _ended.Token) is { } flight)
                {
                    await flight.WaitAsync(stopping);
                    continue;
                }

                timer.Change(Clamp(wait), Timeout.InfiniteTimeSpan);
                await _wake.Reader.ReadAsync(stopping);
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            // The daemon stops.
        }
        finally
        {
            await _ended.CancelAsync();
            await _shared.IdleAsync();
        }
    }

    public void Dispose() => _ended.Dispose();

    private async Task<StoredToken> WaitForTokenAsync(CancellationToken cancelled)
    {
        long from = _time.GetTimestamp();
        while (true)
        {
            HeldToken? seen = _shared.Held;
            if (_shared.TryTake(out StoredToken? token))
            {
                return token;
            }

            if (_shared.MintUnlessChanged(seen, out TimeSpan backOff, _ended.Token) is { } flight)
            {
                if (await flight.WaitAsync(cancelled) is { } failure && (failure.IsPermanent || _ended.IsCancellationRequested))
                {
                    throw new TokenException(failure.Message, failure.Status, failure.RetryAfter, failure);
                }
            }
            else if (backOff > TimeSpan.Zero)
            {
                if (_shared.LastError is { } last && (last.IsPermanent || _time.GetElapsedTime(from) + backOff > s_longestWait))
                {
                    throw new TokenException($"{last.Message}; next try in {backOff.TotalSeconds:0.0} s", last.Status, backOff, last);
                }

                await Task.Delay(Clamp(backOff), _time, cancelled);
            }
        }
    }

    // Zero or less: now.
    private TimeSpan UntilRefresh(HeldToken? held)
    {
        if (held is null || held.NearlyUsedUp || !_shared.IsGood(held))
        {
            return TimeSpan.Zero;
        }

        TimeSpan age = _time.GetElapsedTime(held.Since);
        TimeSpan due = held.RefreshAfter - age;
        TimeSpan windowEnds = _shared.Left(held) - s_checkEvery;
        TimeSpan wait = due < windowEnds ? due : windowEnds;

        // A server that grants less than was asked for must not make us mint without pause.
        TimeSpan soonest = (held.FromStore ? TimeSpan.Zero : s_checkEvery) - age;
        return wait > soonest ? wait : soonest;
    }

    // Waits are cut short to look at the wall clock; a timer takes no less than a millisecond.
    private static TimeSpan Clamp(TimeSpan wait) =>
        wait > s_checkEvery ? s_checkEvery : wait < TimeSpan.FromMilliseconds(1) ? TimeSpan.FromMilliseconds(1) : wait;

    private void Wake() => _wake.Writer.TryWrite(true);
}
