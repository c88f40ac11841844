namespace Matrixd.Gemini;

/// <summary>How many of the latest attempts failed: ten buckets of a second each.</summary>
/// <remarks>Under its owner's lock.</remarks>
internal sealed class AttemptWindow
{
    // Fewer say nothing: one call in trouble would stop the others.
    private const int Enough = 10;

    private const int Seconds = 10;

    private readonly (long Second, int Good, int Bad)[] _buckets = new (long, int, int)[Seconds];

    public void Add(TimeSpan now, bool succeeded)
    {
        long second = (long)now.TotalSeconds;
        ref (long Second, int Good, int Bad) bucket = ref _buckets[second % Seconds];
        if (bucket.Second != second)
        {
            bucket = (second, 0, 0);
        }

        bucket.Good += succeeded ? 1 : 0;
        bucket.Bad += succeeded ? 0 : 1;
    }

    /// <summary>True where half of the last ten seconds' attempts failed.</summary>
    public bool MostlyFails(TimeSpan now)
    {
        long second = (long)now.TotalSeconds;
        int good = 0;
        int bad = 0;
        foreach ((long of, int ok, int failed) in _buckets)
        {
            if (second - of < Seconds)
            {
                good += ok;
                bad += failed;
            }
        }

        return good + bad >= Enough && bad * 2 >= good + bad;
    }
}
