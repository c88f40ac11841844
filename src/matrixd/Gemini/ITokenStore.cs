namespace Matrixd.Gemini;

/// <summary>The token registry on disk. The value is a secret: file mode 0600, never logged.</summary>
internal interface ITokenStore
{
    /// <summary>Committed when the task completes; replaces the token of the same kind.</summary>
    Task SaveAsync(StoredToken token);

    /// <summary>The shared token, or null.</summary>
    StoredToken? LoadShared();
}

/// <param name="Value"><c>auth_tokens/…</c>; secret.</param>
/// <param name="Kind">shared or browser.</param>
/// <param name="MintedAt">When it was asked for.</param>
/// <param name="NewSessionUntil">No new session after this.</param>
/// <param name="ExpiresAt">No message after this.</param>
internal sealed record StoredToken(string Value, string Kind, int Uses, DateTimeOffset MintedAt, DateTimeOffset NewSessionUntil, DateTimeOffset ExpiresAt)
{
    // The compiler's ToString would print the value.
    public override string ToString() => $"{Kind} token, new sessions until {NewSessionUntil:O}, expires {ExpiresAt:O}";
}
