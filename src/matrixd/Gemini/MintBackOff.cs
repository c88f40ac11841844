namespace Matrixd.Gemini;

/// <summary>When the next mint may be tried after failures: full jitter over a growing span, no sooner than the server asked.</summary>
/// <remarks>Not thread-safe: its owner's gate guards it. Monotonic time, so that a moved clock neither hurries nor holds it.</remarks>
internal sealed class MintBackOff(TimeProvider time, Random random)
{
    private static readonly TimeSpan s_first = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest span drawn from.</summary>
    public static readonly TimeSpan Longest = TimeSpan.FromSeconds(60);

    // A server that asks for a day must not keep us away once the operator has mended things.
    private static readonly TimeSpan s_longestAsked = TimeSpan.FromMinutes(10);

    private long _from;
    private TimeSpan _wait;

    public int Failures { get; private set; }

    /// <summary>Time until the next try; zero: now.</summary>
    public TimeSpan Left
    {
        get
        {
            TimeSpan left = _wait - time.GetElapsedTime(_from);
            return left > TimeSpan.Zero ? left : TimeSpan.Zero;
        }
    }

    public void Succeeded()
    {
        Failures = 0;
        _wait = TimeSpan.Zero;
    }

    public void Failed(TimeSpan? retryAfter)
    {
        double ceiling = Math.Min(Longest.TotalSeconds, s_first.TotalSeconds * Math.Pow(2, Math.Min(Failures, 30)));
        TimeSpan jitter = TimeSpan.FromSeconds(ceiling * random.NextDouble());
        TimeSpan asked = retryAfter is { } after && after > TimeSpan.Zero ? (after < s_longestAsked ? after : s_longestAsked) : TimeSpan.Zero;
        Failures++;
        _from = time.GetTimestamp();
        _wait = asked + jitter; // beyond what was asked, so that those told the same do not come back together
    }
}
