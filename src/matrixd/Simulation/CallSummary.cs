namespace Matrixd.Simulation;

/// <summary>All calls of one <c>matrixd call</c>. JSON in snake_case.</summary>
internal sealed record CallSummary
{
    public required int Count { get; init; }

    /// <summary>Connected, ended in good order, and nothing was sent against Exotel's rules.</summary>
    public required int Good { get; init; }

    public required int NotConnected { get; init; }

    /// <summary>Ended without a close frame, or by a close that was no good-bye.</summary>
    public required int Lost { get; init; }

    public required int Violations { get; init; }

    public required int UnderRuns { get; init; }

    public required long FramesLate { get; init; }

    public required double? FirstAudioMsMedian { get; init; }

    public required double? FirstAudioMsP99 { get; init; }

    public required IReadOnlyList<CallerReport> Calls { get; init; }

    public static CallSummary Of(IReadOnlyList<CallerReport> calls)
    {
        double[] first = [.. calls.Select(c => c.FirstAudioMs).OfType<double>().Order()];
        return new CallSummary
        {
            Count = calls.Count,
            Good = calls.Count(IsGood),
            NotConnected = calls.Count(c => c.Error.Length > 0),
            Lost = calls.Count(c => c.Error.Length == 0 && !EndedWell(c)),
            Violations = calls.Sum(c => c.Violations),
            UnderRuns = calls.Sum(c => c.UnderRuns),
            FramesLate = calls.Sum(c => c.FramesLate),
            FirstAudioMsMedian = Quantile(first, 0.5),
            FirstAudioMsP99 = Quantile(first, 0.99),
            Calls = calls,
        };
    }

    private static bool IsGood(CallerReport call) => call.Error.Length == 0 && EndedWell(call) && call.Violations == 0;

    // The caller hung up, or the bridge said good-bye: normal, or going away.
    private static bool EndedWell(CallerReport call) => call.CloseCause == "local" || (call.CloseCause == "peer" && call.CloseCode is (1000 or 1001));

    private static double? Quantile(double[] sorted, double at) => sorted.Length == 0 ? null : sorted[(int)Math.Ceiling((sorted.Length - 1) * at)];
}
