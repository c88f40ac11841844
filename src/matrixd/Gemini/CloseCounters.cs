using System.Collections.Concurrent;

namespace Matrixd.Gemini;

/// <summary>Ends of connections to the model, by code, stage and likeliest cause. Any thread.</summary>
/// <remarks>Every label is of a closed set, so that no service can grow the metrics page: codes that nobody knows are one.</remarks>
internal sealed class CloseCounters
{
    private const int OtherCode = -1;

    // Of WebSocket closes, of HTTP at the upgrade; 0: no answer at all.
    private static readonly HashSet<int> s_codes = [0, 400, 401, 403, 404, 407, 429, 500, 502, 503, 504, 1000, 1001, 1002, 1005, 1006, 1007, 1008, 1009, 1011, 1012, 1013, 1014];

    private readonly ConcurrentDictionary<(int Code, CloseStage Stage, string Cause), long> _counts = new();

    public void Add(CloseCause cause) =>
        _counts.AddOrUpdate((s_codes.Contains(cause.Code) ? cause.Code : OtherCode, cause.Stage, cause.Slug), 1, static (_, count) => count + 1);

    /// <summary>In a fixed order, as labels.</summary>
    public IReadOnlyList<(string Code, string Stage, string Cause, long Count)> Snapshot() =>
        [.. _counts.OrderBy(count => count.Key.Code).ThenBy(count => count.Key.Stage).ThenBy(count => count.Key.Cause, StringComparer.Ordinal)
            .Select(count => (count.Key.Code == OtherCode ? "other" : $"{count.Key.Code}", Word(count.Key.Stage), count.Key.Cause, count.Value))];

    private static string Word(CloseStage stage) => stage switch
    {
        CloseStage.Connect => "connect",
        CloseStage.Upgrade => "upgrade",
        CloseStage.BeforeSetupComplete => "setup",
        CloseStage.FirstAudio => "first_audio",
        _ => "call",
    };
}
