namespace Matrixd.Calls;

/// <summary>Path tokens that outlive a restart.</summary>
internal interface IWarmSessionStore
{
    /// <summary>Committed when the task completes.</summary>
    Task AddAsync(WarmSession session);

    Task RemoveAsync(string tokenHash);

    /// <summary>Those that have not expired; read once at start.</summary>
    IReadOnlyList<WarmSession> Load(DateTimeOffset now);
}

/// <param name="TokenHash">SHA-256 of the path token, lower-case hex; the token itself is not kept.</param>
internal sealed record WarmSession(string TokenHash, CallSid CallSid, DateTimeOffset ExpiresAt);
