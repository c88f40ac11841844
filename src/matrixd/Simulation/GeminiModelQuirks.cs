namespace Matrixd.Simulation;

/// <summary>How one live model differs from the next. Observed: production and public reports, 2026.</summary>
/// <param name="Name">Without <c>models/</c>.</param>
/// <param name="RefusesThinking">A thinkingConfig in the setup closes 1007.</param>
/// <param name="NeedsThinkingLevel">The setup must name a thinkingLevel of low, medium or high.</param>
/// <param name="RefusesLateContent">clientContent after the first audio closes 1007.</param>
/// <param name="EndsIdle">A turn ends with interactionStatus IDLE rather than turnComplete.</param>
/// <param name="BlockingTools">Realtime input during a tool call is refused (with <c>--strict-tools</c>).</param>
internal sealed record GeminiModelQuirks(
    string Name, bool RefusesThinking, bool NeedsThinkingLevel, bool RefusesLateContent, bool EndsIdle, bool BlockingTools)
{
    public static IReadOnlyList<GeminiModelQuirks> Known { get; } =
    [
        new("gemini-3.1-flash-live-preview", RefusesThinking: false, NeedsThinkingLevel: false, RefusesLateContent: true, EndsIdle: false, BlockingTools: true),
        new("gemini-3.8-live", RefusesThinking: true, NeedsThinkingLevel: false, RefusesLateContent: false, EndsIdle: false, BlockingTools: false),
        new("gemini-3.8-live-extended-thinking", RefusesThinking: false, NeedsThinkingLevel: true, RefusesLateContent: false, EndsIdle: true, BlockingTools: false),
        new("gemini-2.5-flash-native-audio-preview-12-2025", RefusesThinking: false, NeedsThinkingLevel: false, RefusesLateContent: false, EndsIdle: false, BlockingTools: true),
    ];

    /// <param name="resource">As in the setup: <c>models/…</c>.</param>
    public static GeminiModelQuirks? Find(string resource) =>
        resource.StartsWith("models/", StringComparison.Ordinal) ? Known.FirstOrDefault(m => resource.AsSpan(7).SequenceEqual(m.Name)) : null;
}
