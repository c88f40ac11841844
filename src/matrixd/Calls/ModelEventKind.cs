namespace Matrixd.Calls;

/// <summary>What can happen to a call's connection to the model: one closed set for the row, the log and the metrics. Numbers are not stored; words are.</summary>
internal enum ModelEventKind
{
    /// <summary>The model announced that it closes the connection.</summary>
    GoAway,

    /// <summary>A planned hand-over to a new connection is through.</summary>
    Rotated,

    /// <summary>The connection was lost.</summary>
    Lost,

    /// <summary>A watchdog gave the connection up.</summary>
    GivenUp,

    /// <summary>An attempt to come back failed; others may follow.</summary>
    RetryFailed,

    /// <summary>Back in the same session after a loss.</summary>
    Resumed,

    /// <summary>Back in a new session that was told what had been said.</summary>
    FreshSession,

    /// <summary>The model was asked to go on.</summary>
    Nudged,

    /// <summary>The model owed an answer and gave none.</summary>
    Stalled,

    /// <summary>The model rejected a response of its own.</summary>
    Rejected,

    /// <summary>A turn came without audio.</summary>
    EmptyTurn,

    /// <summary>A turn's audio was digital silence.</summary>
    Silent,

    /// <summary>A turn's audio was too faint to be heard.</summary>
    Faint,

    /// <summary>There is no way back: the call ends.</summary>
    GaveUp,
}

/// <summary>The words of <see cref="ModelEventKind"/>.</summary>
internal static class ModelEventKinds
{
    private static readonly string[] s_words =
    [
        "go_away", "rotated", "lost", "given_up", "retry_failed", "resumed", "fresh_session", "nudged", "stalled", "rejected", "empty_turn", "silent",
        "faint", "gave_up",
    ];

    public static ReadOnlySpan<string> All => s_words;

    public static string Word(this ModelEventKind kind) => s_words[(int)kind];

    public static ModelEventKind Parse(string word)
    {
        int at = Array.IndexOf(s_words, word);
        return at >= 0 ? (ModelEventKind)at : throw new FormatException($"'{word}' is not an event of the model's connection.");
    }
}
