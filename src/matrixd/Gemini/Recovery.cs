namespace Matrixd.Gemini;

/// <summary>The way back to the model, step by step: resume, then a new session, then the end.</summary>
/// <remarks>
/// One for a leg. Pure: told what happened and when, says what to do; knows no socket and no clock. Not thread-safe: owned by the leg's loop.
/// An <em>incident</em> begins with a loss and is over when a connection has held for a while; a connection that comes back and falls at once goes on
/// with the incident it came from, so that nothing is tried for ever.
/// </remarks>
/// <param name="random">0 to 1: the jitter.</param>
internal sealed class Recovery(TimeSpan budget, Func<double> random)
{
    /// <summary>Full jitter under 0.5, 1, 2, 4, 4, … s: calls that were lost together do not come back together.</summary>
    public static readonly TimeSpan FirstBackOff = TimeSpan.FromSeconds(0.5);

    /// <summary>More would be heard as the end of the call.</summary>
    public static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(4);

    /// <summary>A project over its quota gets nothing by asking sooner.</summary>
    public static readonly TimeSpan QuotaBackOff = TimeSpan.FromSeconds(30);

    /// <summary>A connection that has held this long has ended its incident.</summary>
    public static readonly TimeSpan Stable = TimeSpan.FromSeconds(10);

    // A first refusal of a handle can be the service not having it yet; a second one is its word.
    private const int MaxHandleRefusals = 2;

    // The old connection of a session is gone for the service within seconds.
    private const int MaxOpenRefusals = 4;

    // Connections that came back and did not hold, of one kind: what ends them comes from the session itself.
    private const int MaxUnstable = 3;

    private TimeSpan? _began;
    private TimeSpan? _ready;
    private int _attempts;
    private int _handleRefusals;
    private int _openRefusals;
    private int _unstable;
    private bool _freshOnly;
    private bool _isLast; // the attempt under way is the one beyond the budget
    private bool _tokenReplaced;
    private bool _quotaWaited;

    /// <summary>Attempts of this incident.</summary>
    public int Attempts => _attempts;

    /// <summary>The attempt under way begins a new session.</summary>
    public bool IsFresh { get; private set; }

    /// <summary>Time since the incident began.</summary>
    public TimeSpan Elapsed(TimeSpan now) => now - (_began ?? now);

    /// <summary>setupComplete has come.</summary>
    public void Ready(TimeSpan now) => _ready = now;

    /// <summary>The call gave its connection up itself: the first attempt follows at once.</summary>
    /// <param name="canResume">There is a handle, and the session is worth going on with.</param>
    public RecoveryStep Asked(TimeSpan now, bool canResume)
    {
        Begin(now, LossKind.Broken);
        return Dial(canResume, TimeSpan.Zero);
    }

    /// <summary>A connection, or an attempt at one, has ended.</summary>
    /// <param name="canResume">There is a handle.</param>
    /// <param name="tokenReplaced">Of a refused token: another will be there for the next attempt.</param>
    public RecoveryStep Lost(TimeSpan now, LossKind kind, bool canResume, bool tokenReplaced = false)
    {
        Begin(now, kind);
        Count(kind);
        if (kind == LossKind.Permanent || IsHopeless(kind, tokenReplaced))
        {
            return new RecoveryStep(RecoveryAction.GiveUp, TimeSpan.Zero);
        }

        TimeSpan delay = DelayFor(kind);
        if (kind != LossKind.Quota && Elapsed(now) + delay >= budget)
        {
            if (_isLast)
            {
                return new RecoveryStep(RecoveryAction.GiveUp, TimeSpan.Zero);
            }

            _isLast = _freshOnly = true;
        }

        return Dial(canResume, delay);
    }

    private void Begin(TimeSpan now, LossKind kind)
    {
        bool held = _ready is { } ready && now - ready >= Stable;
        if (_began is null || held)
        {
            _began = now;
            _attempts = _handleRefusals = _openRefusals = _unstable = 0;
            _freshOnly = _isLast = _tokenReplaced = _quotaWaited = false;
        }
        else if (_ready is not null && ++_unstable >= MaxUnstable && !IsFresh)
        {
            _freshOnly = true;
            _unstable = 0;
        }

        _ready = null;
        _freshOnly |= kind is LossKind.Expired or LossKind.Quota;
    }

    private void Count(LossKind kind)
    {
        _handleRefusals += kind == LossKind.HandleRefused ? 1 : 0;
        _openRefusals += kind == LossKind.SessionOpen ? 1 : 0;
        _freshOnly |= _handleRefusals >= MaxHandleRefusals || _openRefusals >= MaxOpenRefusals;
    }

    private bool IsHopeless(LossKind kind, bool tokenReplaced)
    {
        bool refusedAgain = kind == LossKind.TokenRefused && (_tokenReplaced || !tokenReplaced);
        bool quotaAgain = kind == LossKind.Quota && _quotaWaited;
        _tokenReplaced |= kind == LossKind.TokenRefused;
        _quotaWaited |= kind == LossKind.Quota;
        return refusedAgain || quotaAgain || (IsFresh && _unstable >= MaxUnstable);
    }

    private TimeSpan DelayFor(LossKind kind) => kind switch
    {
        LossKind.Quota => QuotaBackOff * (1 + (0.1 * random())),
        LossKind.TokenRefused => TimeSpan.Zero, // the mint has its own back-off
        LossKind.SessionOpen => FirstBackOff + (BackOff(_openRefusals) * random()), // never at once: it is still open
        _ => BackOff(_attempts) * random(),
    };

    // The cap of the wait before the attempt of this number, from 0: the first follows at once.
    private static TimeSpan BackOff(int attempt)
    {
        TimeSpan cap = attempt == 0 ? TimeSpan.Zero : FirstBackOff * (1 << Math.Min(attempt - 1, 4));
        return cap < LongestBackOff ? cap : LongestBackOff;
    }

    private RecoveryStep Dial(bool canResume, TimeSpan delay)
    {
        _attempts++;
        IsFresh = _freshOnly || !canResume;
        return new RecoveryStep(IsFresh ? RecoveryAction.Fresh : RecoveryAction.Resume, delay);
    }
}
