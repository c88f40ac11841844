namespace Matrixd.Calls;

/// <summary>The words of <see cref="CallEndReason"/> as they stand in rows, logs and metric labels.</summary>
internal static class CallEndReasonNames
{
    private static readonly string[] s_words =
    [
        "", "caller_hung_up", "agent_ended", "transferred", "model_ended", "model_unreachable", "model_refused", "model_lost",
        "media_lost", "limit_duration", "limit_silence", "limit_cost", "protocol_error", "rate_limited", "overload", "drained",
        "aborted", "crashed", "never_connected", "dial_failed", "busy", "no_answer", "internal_error",
    ];

    /// <summary>All reasons a call can end for.</summary>
    public static ReadOnlySpan<string> All => s_words.AsSpan(1);

    public static string Word(this CallEndReason reason) => s_words[(int)reason];

    public static CallEndReason Parse(string word)
    {
        int at = Array.IndexOf(s_words, word);
        return at >= 0 ? (CallEndReason)at : throw new FormatException($"'{word}' is not an end reason.");
    }
}
