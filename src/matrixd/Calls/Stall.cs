namespace Matrixd.Calls;

/// <summary>How a model can be silent although its connection stands.</summary>
internal enum StallCause
{
    /// <summary>The caller has spoken and no sound came.</summary>
    NoAnswer,

    /// <summary>The caller has spoken and turns came without audio.</summary>
    EmptyTurns,

    /// <summary>The model rejected its own response.</summary>
    Rejected,

    /// <summary>The model's audio is digital silence.</summary>
    SilentAudio,

    /// <summary>The model's audio is too faint to be heard.</summary>
    FaintAudio,

    /// <summary>The caller speaks and no message of any kind comes.</summary>
    NoMessage,

    /// <summary>A turn broke off in its middle.</summary>
    BrokenTurn,
}

/// <summary>What is done about a stall, in the order in which it is tried.</summary>
internal enum StallStep
{
    /// <summary>The model is asked to go on.</summary>
    Nudge,

    /// <summary>The session goes on over a new connection.</summary>
    Resume,

    /// <summary>A new session that is told what was said.</summary>
    Fresh,

    /// <summary>The model is lost: the agent's apology, the next applet.</summary>
    GiveUp,
}

/// <param name="Lasted">How long the caller has waited.</param>
/// <param name="IsFirst">The first step against this stall.</param>
internal readonly record struct Stall(StallCause Cause, StallStep Step, TimeSpan Lasted, bool IsFirst);

/// <summary>The words of stalls, for the log and the row.</summary>
internal static class StallCauses
{
    private static readonly string[] s_words = ["no answer", "empty turns", "response rejected", "digital silence", "audio too faint", "no message", "turn broken off"];

    public static string Words(this StallCause cause) => s_words[(int)cause];

    /// <summary>As what it is written down.</summary>
    public static ModelEventKind Kind(this StallCause cause) => cause switch
    {
        StallCause.EmptyTurns => ModelEventKind.EmptyTurn,
        StallCause.Rejected => ModelEventKind.Rejected,
        StallCause.SilentAudio => ModelEventKind.Silent,
        StallCause.FaintAudio => ModelEventKind.Faint,
        _ => ModelEventKind.Stalled,
    };
}

/// <summary>What the call knows of itself when its watch is asked.</summary>
/// <param name="CanSpeak">The model has a connection, and the call is not over.</param>
/// <param name="IsBusy">A tool runs.</param>
/// <param name="IsPlaying">The caller still has something of the model's to hear.</param>
internal readonly record struct StallView(bool CanSpeak, bool IsBusy, bool IsPlaying);
