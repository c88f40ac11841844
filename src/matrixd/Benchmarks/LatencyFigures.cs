namespace Matrixd.Benchmarks;

/// <summary>How long something took, within one window [ms].</summary>
internal sealed record LatencyFigures
{
    public long Count { get; init; }

    public double P50Ms { get; init; }

    public double P95Ms { get; init; }

    public double P99Ms { get; init; }

    public double MaxMs { get; init; }
}
