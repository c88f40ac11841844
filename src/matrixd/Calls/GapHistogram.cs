namespace Matrixd.Calls;

/// <summary>How long calls were without their model, as a histogram for the metrics page. Any thread.</summary>
internal sealed class GapHistogram
{
    /// <summary>Upper bounds [ms]: 1 s is what a caller takes for a pause for thought.</summary>
    public static readonly int[] Bounds = [50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000];

    private readonly long[] _counts = new long[Bounds.Length + 1];
    private long _sum;

    /// <summary>All gaps together [ms].</summary>
    public long Sum => Volatile.Read(ref _sum);

    /// <summary>Gaps up to the bound of this index; of the number of bounds: all.</summary>
    public long UpTo(int index)
    {
        long count = 0;
        for (int i = 0; i <= index; i++)
        {
            count += Volatile.Read(ref _counts[i]);
        }

        return count;
    }

    public void Add(TimeSpan gap)
    {
        long milliseconds = (long)gap.TotalMilliseconds;
        int at = Array.FindIndex(Bounds, bound => milliseconds <= bound);
        Interlocked.Increment(ref _counts[at < 0 ? Bounds.Length : at]);
        Interlocked.Add(ref _sum, milliseconds);
    }
}
