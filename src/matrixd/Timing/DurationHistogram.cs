namespace Matrixd.Timing;

/// <summary>Durations counted by bounds, for the metrics.</summary>
/// <remarks>Any thread adds and reads; each value is exact, the values together are not one snapshot. Allocates in the constructor only.</remarks>
/// <param name="bounds">Ascending [s]; what is longer counts beyond the last.</param>
internal sealed class DurationHistogram(double[] bounds)
{
    private readonly long[] _counts = new long[bounds.Length + 1];
    private long _count;
    private long _ticks;

    public IReadOnlyList<double> Bounds => bounds;

    public long Count => Volatile.Read(ref _count);

    public TimeSpan Sum => new(Volatile.Read(ref _ticks));

    public void Add(TimeSpan duration)
    {
        int place = 0;
        while (place < bounds.Length && duration.TotalSeconds > bounds[place])
        {
            place++;
        }

        Interlocked.Increment(ref _counts[place]);
        Interlocked.Add(ref _ticks, duration.Ticks);
        Interlocked.Increment(ref _count);
    }

    /// <summary>How many were no longer than the bound at <paramref name="index"/>.</summary>
    public long UpTo(int index)
    {
        long sum = 0;
        for (int i = 0; i <= index; i++)
        {
            sum += Volatile.Read(ref _counts[i]);
        }

        return sum;
    }
}
