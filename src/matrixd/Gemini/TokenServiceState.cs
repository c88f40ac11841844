namespace Matrixd.Gemini;

/// <summary>The token registry at one moment, for metrics, health and doctor. Holds no secret.</summary>
internal sealed record TokenServiceState
{
    /// <summary>False: calls have to wait for a mint.</summary>
    public required bool HasToken { get; init; }

    /// <summary>End of the window in which the token at hand opens sessions.</summary>
    public DateTimeOffset? NewSessionUntil { get; init; }

    /// <summary>Connections that the token at hand was given to.</summary>
    public int UsesTaken { get; init; }

    public DateTimeOffset? LastSuccess { get; init; }

    public DateTimeOffset? LastFailure { get; init; }

    public string LastError { get; init; } = "";

    /// <summary>0: the last mint succeeded.</summary>
    public int ConsecutiveFailures { get; init; }

    /// <summary>Shared tokens minted since the start.</summary>
    public long Minted { get; init; }

    /// <summary>Mints that failed since the start.</summary>
    public long Failed { get; init; }

    /// <summary>Tokens that the service refused before their time.</summary>
    public long Invalidated { get; init; }

    /// <summary>How far the service's clock is ahead of this machine's; zero where they agree.</summary>
    public TimeSpan ClockSkew { get; init; }
}
