namespace Matrixd.Simulation;

/// <summary>One ephemeral token that the simulator minted.</summary>
/// <remarks>Mutable counters belong to <see cref="GeminiTokenDesk"/> and change under its lock.</remarks>
internal sealed class GeminiToken
{
    /// <summary><c>auth_tokens/…</c>.</summary>
    public required string Name { get; init; }

    /// <summary>New sessions it opens; 0: any number.</summary>
    public required int Uses { get; init; }

    public required DateTimeOffset ExpireTime { get; init; }

    public required DateTimeOffset NewSessionExpireTime { get; init; }

    /// <summary>Minted with a setup of its own: the session's setup is ignored and the method is another one.</summary>
    public required bool Constrained { get; init; }

    /// <summary>New sessions it has opened so far.</summary>
    public int Used { get; internal set; }

    public override string ToString() => "auth_tokens/…"; // a secret, also a simulated one: the habit must not break
}
