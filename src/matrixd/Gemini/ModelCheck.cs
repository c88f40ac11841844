namespace Matrixd.Gemini;

/// <summary>What the list of models says about one name. Advice, not proof: some keys list no live model, and calls work all the same.</summary>
/// <param name="Model">The name that was asked for, without <c>models/</c>.</param>
/// <param name="Nearest">Where it is missing: names of live models, the likeliest meant first.</param>
/// <param name="Detail">Where the list cannot be used: why.</param>
internal sealed record ModelCheck(ModelPresence Presence, string Model, IReadOnlyList<string> Nearest, string Detail = "")
{
    /// <summary>One sentence for the operator, with what to do.</summary>
    public string Describe() => Presence switch
    {
        ModelPresence.Found => $"model {Model} is on the list of live models",
        ModelPresence.NotLive => $"model {Model} is listed, but not for live sessions (bidiGenerateContent). Live models: {Names()}. Set [gemini] model",
        ModelPresence.Missing => $"model {Model} is not on the list of live models. An unknown model gives silence and a bare close, not an error. Nearest: {Names()}. Check [gemini] model",
        _ => $"the list of models cannot be used ({Detail}); model {Model} is neither confirmed nor refuted",
    };

    private string Names() => Nearest.Count > 0 ? string.Join(", ", Nearest) : "none";
}

/// <summary>Where a model's name stands.</summary>
internal enum ModelPresence
{
    Found,

    /// <summary>It is listed, but cannot be talked to.</summary>
    NotLive,

    Missing,

    /// <summary>There is no list, or none with live models.</summary>
    Unavailable,
}
