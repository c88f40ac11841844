namespace Matrixd.Gemini;

/// <summary>When a token must be replaced, and how long it must live for that.</summary>
/// <param name="RefreshEvery">The refresh that fits into the windows, before jitter.</param>
/// <param name="NewSession">From the mint: new sessions are taken.</param>
/// <param name="Expiry">From the mint: messages are taken.</param>
/// <remarks>
/// The new-session window covers two refreshes, each at its latest, so that one that fails for its whole period cuts nothing off; messages go
/// on for the longest call after that. Where the service's bound is too near, the sessions' window shrinks before a call's life does.
/// </remarks>
internal readonly record struct TokenWindows(TimeSpan RefreshEvery, TimeSpan NewSession, TimeSpan Expiry)
{
    /// <summary>A refresh comes up to this much earlier or later, so that daemons started together part.</summary>
    public const double Jitter = 0.1;

    /// <summary>For clocks that differ (10 minutes have been seen), a slow mint, and a call that begins in the last second.</summary>
    public static readonly TimeSpan Margin = TimeSpan.FromMinutes(15);

    // The service refuses 20 h and more by its own clock; ours may be 10 minutes behind.
    private static readonly TimeSpan s_horizon = TimeSpan.FromHours(20) - TimeSpan.FromMinutes(10);

    private static readonly TimeSpan s_shortestRefresh = TimeSpan.FromSeconds(30);

    /// <summary>Windows of the shared token.</summary>
    public static TokenWindows ForShared(TimeSpan refresh, TimeSpan callMax)
    {
        TimeSpan wanted = (2 * (1 + Jitter) * refresh) + Margin;
        TimeSpan expiry = Min(wanted + callMax + Margin, s_horizon);

        // At least one margin: a call longer than the service's bound is cut by the service, whatever we ask for.
        TimeSpan newSession = Max(Min(wanted, expiry - callMax - Margin), Margin);
        TimeSpan latest = (newSession - TokenService.LeastLeft) / (1 + Jitter);
        return new TokenWindows(Max(Min(refresh, latest), s_shortestRefresh), newSession, expiry);
    }

    /// <summary>Windows of a token for one browser session.</summary>
    public static TokenWindows ForBrowser(TimeSpan newSession, TimeSpan callMax)
    {
        TimeSpan expiry = Min(newSession + callMax + Margin, s_horizon);
        return new TokenWindows(System.Threading.Timeout.InfiniteTimeSpan, Min(newSession, expiry), expiry);
    }

    private static TimeSpan Min(TimeSpan a, TimeSpan b) => a < b ? a : b;

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
