namespace Matrixd.Calls;

/// <summary>When a model that is silent is taken for stalled.</summary>
internal sealed record StallOptions
{
    public bool IsEnabled { get; init; } = true;

    /// <summary>From the end of what the caller said to the model's first sound.</summary>
    public TimeSpan NoAnswer { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Model audio that nobody can hear, in a row.</summary>
    public TimeSpan SilentAudio { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>From a caller's speech on, without a single message of the model.</summary>
    public TimeSpan NoMessage { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>In the middle of a turn, after all of it has been heard, without more audio.</summary>
    public TimeSpan BrokenTurn { get; init; } = TimeSpan.FromSeconds(3);

    /// <summary>What one step is given to help before the next is taken.</summary>
    public TimeSpan Step { get; init; } = TimeSpan.FromSeconds(4);

    /// <summary>What the model is told, in the user's role.</summary>
    public string Nudge { get; init; } = DefaultNudge;

    public const string DefaultNudge =
        "(Note, not spoken by the caller: the caller is waiting and hears nothing. Answer now what the caller said last, or go on where you stopped. Do not mention this note.)";
}
