namespace Matrixd.Gemini;

/// <summary>How one family of live models differs from the others on the wire: the one place where that is written down.</summary>
/// <remarks>Source: https://ai.google.dev/gemini-api/docs/live-api and what closes connections in production. Rows are tried from the top.</remarks>
internal sealed record ModelQuirks
{
    // Longer prefixes stand before the shorter ones that would take their names too.
    private static readonly ModelQuirks[] s_families =
    [
        new()
        {
            Prefix = "gemini-3.8-live-extended-thinking",
            Thinking = ThinkingField.Level,
            ThinkingLevel = "LOW", // one of LOW, MEDIUM, HIGH must be there; a caller waits for what is beyond LOW
            Functions = FunctionBehaviour.NonBlockingOnly,
            MidCallText = MidCallText.RealtimeInput,
            TurnEnd = TurnEndSignal.InteractionIdle,
        },
        new()
        {
            Prefix = "gemini-3.8-live",
            Thinking = ThinkingField.None, // any thinkingConfig is closed with 1007
            Functions = FunctionBehaviour.NonBlockingDefault,
            MidCallText = MidCallText.RealtimeInput,
            TurnEnd = TurnEndSignal.TurnComplete,
        },
        new()
        {
            Prefix = "gemini-3.1-flash-live",
            Thinking = ThinkingField.Level,
            ThinkingLevel = "MINIMAL", // its default, said aloud: a phone call cannot wait for more
            Functions = FunctionBehaviour.BlockingOnly,
            MidCallText = MidCallText.RealtimeInput, // clientContent is closed with 1007 once audio has flowed
            TurnEnd = TurnEndSignal.TurnComplete,
        },
        new()
        {
            Prefix = "gemini-2.5-flash-native-audio",
            Thinking = ThinkingField.Budget,
            ThinkingBudget = 0, // off: the answer starts earlier
            Functions = FunctionBehaviour.BlockingDefault,
            MidCallText = MidCallText.ClientContent,
            TurnEnd = TurnEndSignal.TurnComplete,
        },
        new()
        {
            Prefix = "gemini-2.5-flash-preview-native-audio",
            Thinking = ThinkingField.Budget,
            ThinkingBudget = 0,
            Functions = FunctionBehaviour.BlockingDefault,
            MidCallText = MidCallText.ClientContent,
            TurnEnd = TurnEndSignal.TurnComplete,
        },
    ];

    // What a name that nobody knows yet is taken for: the newest plain family.
    private static readonly ModelQuirks s_unknown = s_families[1] with { IsKnown = false };

    /// <summary>Names this begins are of the family.</summary>
    public required string Prefix { get; init; }

    /// <summary>False: the name is none that this version knows, and the newest family's rules are a guess.</summary>
    public bool IsKnown { get; init; } = true;

    public required ThinkingField Thinking { get; init; }

    /// <summary>Sent where <see cref="Thinking"/> is <see cref="ThinkingField.Level"/>.</summary>
    public string ThinkingLevel { get; init; } = "";

    /// <summary>Sent where <see cref="Thinking"/> is <see cref="ThinkingField.Budget"/> [tokens].</summary>
    public int ThinkingBudget { get; init; }

    public required FunctionBehaviour Functions { get; init; }

    public required MidCallText MidCallText { get; init; }

    public required TurnEndSignal TurnEnd { get; init; }

    /// <summary>True: the model goes on talking and listening while a tool runs, and answers carry <c>scheduling</c>.</summary>
    /// <remarks>False: caller audio sent while a tool call is pending closes the session, so it is held until the answer is out.</remarks>
    public bool NonBlockingTools => Functions is FunctionBehaviour.NonBlockingDefault or FunctionBehaviour.NonBlockingOnly;

    /// <summary>The rules for a model.</summary>
    /// <param name="model">With or without <c>models/</c>.</param>
    public static ModelQuirks For(string model)
    {
        ReadOnlySpan<char> name = BareName(model);
        foreach (ModelQuirks family in s_families)
        {
            if (name.StartsWith(family.Prefix, StringComparison.OrdinalIgnoreCase))
            {
                return family;
            }
        }

        return s_unknown;
    }

    /// <summary>The name without <c>models/</c>.</summary>
    public static ReadOnlySpan<char> BareName(string model)
    {
        const string Collection = "models/";
        ReadOnlySpan<char> name = model.AsSpan().Trim();
        return name.StartsWith(Collection, StringComparison.Ordinal) ? name[Collection.Length..] : name;
    }
}

/// <summary>The field of <c>thinkingConfig</c> that a model takes.</summary>
internal enum ThinkingField
{
    /// <summary><c>thinkingConfig</c> must not be there.</summary>
    None,
    Level,
    Budget,
}

/// <summary>What a model does while a function runs.</summary>
internal enum FunctionBehaviour
{
    /// <summary>It waits; <c>behavior</c> is not taken.</summary>
    BlockingOnly,

    /// <summary>It waits unless told otherwise.</summary>
    BlockingDefault,

    /// <summary>It goes on unless told otherwise.</summary>
    NonBlockingDefault,

    /// <summary>It goes on.</summary>
    NonBlockingOnly,
}

/// <summary>The form in which a model takes text once audio has flowed.</summary>
internal enum MidCallText
{
    RealtimeInput,
    ClientContent,
}

/// <summary>What says that the model's turn is over.</summary>
internal enum TurnEndSignal
{
    /// <summary><c>turnComplete</c>.</summary>
    TurnComplete,

    /// <summary><c>interactionStatus: IDLE</c>; <c>turnComplete</c> may come several times before it.</summary>
    InteractionIdle,
}
