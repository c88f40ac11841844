namespace Matrixd.Models;

/// <summary>How one family of live models differs from the others on the wire: the one place where that is written down.</summary>
/// <remarks>
/// Who speaks to the service and who plays it read the same rows, so that neither can learn of a difference without the other.
/// Source: https://ai.google.dev/gemini-api/docs/live-api and what closes connections in production.
/// </remarks>
internal sealed record ModelQuirks
{
    private const string Collection = "models/";

    // Longer prefixes stand before the shorter ones that would take their names too.
    private static readonly ModelQuirks[] s_families =
    [
        new()
        {
            Prefix = "gemini-3.8-live-extended-thinking",
            Names = ["gemini-3.8-live-extended-thinking"],
            Thinking = ThinkingField.Level,
            ThinkingLevels = ["LOW", "MEDIUM", "HIGH"], // one must be there; a caller waits for what is beyond LOW
            ThinkingRequired = true,
            Functions = FunctionBehaviour.NonBlockingOnly,
            MidCallText = MidCallText.RealtimeInput,
            TurnEnd = TurnEndSignal.InteractionIdle,
        },
        new()
        {
            Prefix = "gemini-3.8-live",
            Names = ["gemini-3.8-live"],
            Thinking = ThinkingField.None, // any thinkingConfig is closed with 1007
            Functions = FunctionBehaviour.NonBlockingDefault,
            MidCallText = MidCallText.RealtimeInput,
            TurnEnd = TurnEndSignal.TurnComplete,
        },
        new()
        {
            Prefix = "gemini-3.1-flash-live",
            Names = ["gemini-3.1-flash-live-preview"],
            Thinking = ThinkingField.Level,
            ThinkingLevels = ["MINIMAL", "LOW", "MEDIUM", "HIGH"], // MINIMAL is its default, said aloud: a phone call cannot wait for more
            Functions = FunctionBehaviour.BlockingOnly,
            MidCallText = MidCallText.RealtimeInput,
            RefusesLateContent = true,
            TurnEnd = TurnEndSignal.TurnComplete,
        },
        new()
        {
            Prefix = "gemini-2.5-flash-native-audio",
            Names = ["gemini-2.5-flash-native-audio-preview-12-2025"],
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
    private static readonly ModelQuirks s_unknown = s_families[1] with { IsKnown = false, Names = [] };

    /// <summary>Names this begins are of the family.</summary>
    public required string Prefix { get; init; }

    /// <summary>Members that are in service, without <c>models/</c>.</summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>False: the name is none that this version knows, and the newest family's rules are a guess.</summary>
    public bool IsKnown { get; init; } = true;

    public required ThinkingField Thinking { get; init; }

    /// <summary>Values of <c>thinkingLevel</c> that are taken, the one that answers soonest first.</summary>
    public IReadOnlyList<string> ThinkingLevels { get; init; } = [];

    /// <summary>A setup without a level is closed.</summary>
    public bool ThinkingRequired { get; init; }

    /// <summary>Sent where <see cref="Thinking"/> is <see cref="ThinkingField.Level"/>.</summary>
    public string ThinkingLevel => ThinkingLevels.Count > 0 ? ThinkingLevels[0] : "";

    /// <summary>Sent where <see cref="Thinking"/> is <see cref="ThinkingField.Budget"/> [tokens].</summary>
    public int ThinkingBudget { get; init; }

    public required FunctionBehaviour Functions { get; init; }

    /// <summary>What we send.</summary>
    public required MidCallText MidCallText { get; init; }

    /// <summary><c>clientContent</c> is closed with 1007 once audio has flowed.</summary>
    public bool RefusesLateContent { get; init; }

    public required TurnEndSignal TurnEnd { get; init; }

    /// <summary>True: the model goes on talking and listening while a tool runs, and answers carry <c>scheduling</c>.</summary>
    /// <remarks>False: caller audio sent while a tool call is pending closes the session, so it is held until the answer is out.</remarks>
    public bool NonBlockingTools => Functions is FunctionBehaviour.NonBlockingDefault or FunctionBehaviour.NonBlockingOnly;

    /// <summary>Every name in service, the newest family first.</summary>
    public static IReadOnlyList<string> NamesInService { get; } = [.. s_families.SelectMany(family => family.Names)];

    /// <summary>The rules for a model; a name that nobody knows gets the newest ones.</summary>
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

    /// <summary>The rules for a name in service, as the service looks it up; null: it has no such model.</summary>
    /// <param name="resource"><c>models/…</c>, to the letter.</param>
    public static ModelQuirks? InService(string resource) =>
        resource.StartsWith(Collection, StringComparison.Ordinal) ? s_families.FirstOrDefault(family => family.Names.Contains(resource[Collection.Length..])) : null;

    /// <summary>The name without <c>models/</c>.</summary>
    public static ReadOnlySpan<char> BareName(string model)
    {
        ReadOnlySpan<char> name = model.AsSpan().Trim();
        return name.StartsWith(Collection, StringComparison.Ordinal) ? name[Collection.Length..] : name;
    }
}
