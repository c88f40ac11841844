namespace Matrixd.Gemini;

/// <summary>What we had sent, and with what token, when a connection closed: it speaks for some causes and against others.</summary>
/// <remarks>Null: not known, which speaks neither way.</remarks>
internal sealed record CloseEvidence
{
    /// <summary>Nothing is known.</summary>
    public static CloseEvidence None { get; } = new();

    // Clocks that differ by ten minutes have been seen: nearer to its end than this, a token's window is no alibi.
    private static readonly TimeSpan s_clockDoubt = TimeSpan.FromMinutes(15);

    /// <summary>A token went out with the dial.</summary>
    public bool? HadToken { get; init; }

    /// <summary>The dial went to the plain method, which takes API keys alone.</summary>
    public bool? PlainMethod { get; init; }

    /// <summary>Time in which the token still opens sessions; negative: it is over.</summary>
    public TimeSpan? WindowLeft { get; init; }

    /// <summary>Time in which messages are taken under the token; negative: it is over.</summary>
    public TimeSpan? LifeLeft { get; init; }

    /// <summary>Messages of caller audio sent.</summary>
    public int? AudioMessages { get; init; }

    /// <summary>A blocking tool call waited for its answer.</summary>
    public bool? ToolPending { get; init; }

    /// <summary>The model's name is one that this version knows.</summary>
    public bool? ModelKnown { get; init; }

    /// <summary>A handle was sent.</summary>
    public bool? Resumed { get; init; }

    /// <summary>Weighs one cause.</summary>
    /// <returns>Above zero: it speaks for it; below: against it, with the reason; zero: neither.</returns>
    public (int Weight, string Against) Weigh(string slug, CloseStage stage) => slug switch
    {
        CauseSlugs.SessionWindow or CauseSlugs.PlainMethod or CauseSlugs.TokenForm when stage > CloseStage.BeforeSetupComplete => (-1, "the session had been opened"),
        CauseSlugs.ModelName => (ModelKnown == false ? 1 : 0, ""),
        CauseSlugs.PlainMethod => Says(PlainMethod, "the token went to the constrained method"),
        CauseSlugs.TokenForm => (HadToken == false ? 1 : 0, ""),
        CauseSlugs.SessionWindow => Time(WindowLeft),
        CauseSlugs.TokenExpired => Time(LifeLeft),
        CauseSlugs.AudioForm => stage < CloseStage.FirstAudio || AudioMessages == 0 ? (-1, "no audio was out") : (0, ""),
        CauseSlugs.ToolPending => Says(ToolPending, "no tool call was pending"),
        CauseSlugs.OldSocket => Says(Resumed, "it was a new session") is { Weight: < 0 } against ? against : (0, ""),
        _ => (0, ""),
    };

    private static (int Weight, string Against) Says(bool? fact, string otherwise) => fact switch
    {
        true => (1, ""),
        false => (-1, otherwise),
        null => (0, ""),
    };

    private static (int Weight, string Against) Time(TimeSpan? left) => left switch
    {
        { } over when over <= TimeSpan.Zero => (1, ""),
        { } ample when ample > s_clockDoubt => (-1, $"it had {ample.TotalMinutes:0} min left"),
        _ => (0, ""),
    };
}
