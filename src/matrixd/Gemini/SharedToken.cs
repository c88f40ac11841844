using System.Data.Common;
using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.Logging;

namespace Matrixd.Gemini;

/// <summary>The shared token at hand, and the one mint at a time that replaces it.</summary>
/// <remarks>
/// Lives as long as its <see cref="TokenService"/>; any thread. A mint that fails leaves the old token in use while it is valid.
/// Validity is judged by the wall clock, corrected by the server's, at each use.
/// </remarks>
internal sealed partial class SharedToken
{
    // A replacement that is refused as well, this soon, says that the token is not what is wrong.
    private static readonly TimeSpan s_replacementTrust = TimeSpan.FromSeconds(60);

    private readonly TokenMint _mint;
    private readonly ITokenStore _store;
    private readonly TimeProvider _time;
    private readonly Random _random;
    private readonly ILogger _logger;
    private readonly int _uses;
    private readonly TokenWindows _windows;
    private readonly MintBackOff _backOff;

    // Joins those who ask to the mint that runs. Held for a few assignments, never over a wait.
    private readonly Lock _gate = new();
    private volatile HeldToken? _held;
    private volatile TokenException? _lastError;
    private Task<TokenException?> _flight = Task.FromResult<TokenException?>(null);
    private bool _replacing;
    private DateTimeOffset? _lastErrorAt;
    private DateTimeOffset? _lastSuccessAt;
    private long _minted;
    private long _failed;
    private long _invalidated;

    /// <summary>Takes up the stored token where it is still good.</summary>
    public SharedToken(TokenMint mint, GeminiOptions options, ITokenStore store, TimeProvider time, Random random, ILogger logger)
    {
        _mint = mint;
        _store = store;
        _time = time;
        _random = random;
        _logger = logger;
        _uses = options.SharedTokenUses;
        _windows = TokenWindows.ForShared(options.SharedTokenRefresh, options.CallMax);
        _backOff = new MintBackOff(time, random);
        if (store.LoadShared() is { } stored && GeminiToken.IsUsable(stored.Value))
        {
            TimeSpan age = time.GetUtcNow() - stored.MintedAt;
            var held = new HeldToken(stored, time.GetTimestamp(), RefreshAfter() - (age > TimeSpan.Zero ? age : TimeSpan.Zero), isReplacement: false, fromStore: true);
            if (IsGood(held))
            {
                _held = held;
                LogReused(GeminiToken.Fingerprint(stored.Value), stored.NewSessionUntil);
            }
        }
    }

    public HeldToken? Held => _held;

    /// <summary>Why the last mint failed; null: none has, or one succeeded since.</summary>
    public TokenException? LastError => _lastError;

    public TokenServiceState State
    {
        get
        {
            lock (_gate)
            {
                return new TokenServiceState
                {
                    HasToken = _held is { } held && IsGood(held),
                    NewSessionUntil = _held?.Token.NewSessionUntil,
                    UsesTaken = _held?.Taken ?? 0,
                    LastSuccess = _lastSuccessAt,
                    LastFailure = _lastErrorAt,
                    LastError = _lastError?.Message ?? "",
                    ConsecutiveFailures = _backOff.Failures,
                    Minted = _minted,
                    Failed = _failed,
                    Invalidated = _invalidated,
                    ClockSkew = _mint.ClockSkew,
                };
            }
        }
    }

    /// <summary>Takes one use of the token at hand.</summary>
    public bool TryTake([NotNullWhen(true)] out StoredToken? token)
    {
        HeldToken? held = _held;
        token = held is not null && IsGood(held) && held.Take() ? held.Token : null;
        return token is not null;
    }

    public bool IsGood(HeldToken held) => Left(held) > TimeSpan.Zero;

    /// <summary>How long the token may still be handed out.</summary>
    public TimeSpan Left(HeldToken held)
    {
        StoredToken token = held.Token;
        DateTimeOffset until = token.NewSessionUntil < token.ExpiresAt ? token.NewSessionUntil : token.ExpiresAt;
        return until - _mint.ServerNow - TokenService.LeastLeft;
    }

    /// <returns>False: another token would be refused too.</returns>
    public bool Invalidate(StoredToken used, string why)
    {
        lock (_gate)
        {
            HeldToken? held = _held;
            if (held is null || held.Token.Value != used.Value)
            {
                return true; // a newer one is here or on its way
            }

            if (held.IsReplacement && _time.GetElapsedTime(held.Since) < s_replacementTrust)
            {
                return false;
            }

            _held = null;
            _replacing = true;
            _invalidated++;
        }

        LogInvalidated(GeminiToken.Fingerprint(used.Value), why);
        return true;
    }

    /// <summary>The mint that runs, or a new one. Its result is what went wrong, or null; it never faults.</summary>
    /// <param name="seen">What the caller found wanting.</param>
    /// <param name="backOff">Where there is no mint: how long none may start after failures.</param>
    /// <param name="stopping">Ends a mint that this call starts.</param>
    /// <returns>Null: there is another token than <paramref name="seen"/> already, or it is not time yet.</returns>
    public Task<TokenException?>? MintUnlessChanged(HeldToken? seen, out TimeSpan backOff, CancellationToken stopping)
    {
        lock (_gate)
        {
            backOff = TimeSpan.Zero;
            if (!_flight.IsCompleted)
            {
                return _flight;
            }

            if (_held != seen)
            {
                return null;
            }

            backOff = _backOff.Left;
            return backOff > TimeSpan.Zero ? null : _flight = MintAsync(_replacing, stopping);
        }
    }

    /// <summary>Completes when no mint runs.</summary>
    public Task IdleAsync()
    {
        lock (_gate)
        {
            return _flight;
        }
    }

    private async Task<TokenException?> MintAsync(bool replacement, CancellationToken stopping)
    {
        await Task.Yield(); // started under the gate
        try
        {
            StoredToken token = await _mint.MintAsync(GeminiToken.Shared, _uses, _windows, stopping);
            Adopt(new HeldToken(token, _time.GetTimestamp(), RefreshAfter(), replacement));
            await SaveAsync(token);
            return null;
        }
        catch (TokenException e)
        {
            Failed(e);
            return e;
        }
        catch (OperationCanceledException e)
        {
            return new TokenException("no token: the daemon is stopping", 0, null, e);
        }
    }

    private void Adopt(HeldToken held)
    {
        lock (_gate)
        {
            _held = held;
            _replacing = false;
            _backOff.Succeeded();
            _lastError = null;
            _lastSuccessAt = _time.GetUtcNow();
            _minted++;
        }

        LogMinted(GeminiToken.Fingerprint(held.Token.Value), held.Token.Uses, held.Token.NewSessionUntil, held.Token.ExpiresAt, held.RefreshAfter);
        if (_mint.ClockSkew != TimeSpan.Zero)
        {
            LogClockSkew(_mint.ClockSkew.TotalSeconds);
        }
    }

    private void Failed(TokenException e)
    {
        int failures;
        TimeSpan wait;
        lock (_gate)
        {
            _backOff.Failed(e.RetryAfter);
            _lastError = e;
            _lastErrorAt = _time.GetUtcNow();
            _failed++;
            failures = _backOff.Failures;
            wait = _backOff.Left;
        }

        LogMintFailed(e.Message, failures, wait.TotalSeconds, _held is { } old && IsGood(old) ? old.Token.NewSessionUntil : null);
    }

    private async Task SaveAsync(StoredToken token)
    {
        try
        {
            await _store.SaveAsync(token);
        }
        catch (Exception e) when (e is DbException or IOException or InvalidOperationException or OperationCanceledException)
        {
            LogSaveFailed(e); // calls go on with it; only a restart will have to mint
        }
    }

    private TimeSpan RefreshAfter() => _windows.RefreshEvery * (1 + (TokenWindows.Jitter * ((2 * _random.NextDouble()) - 1)));
}
