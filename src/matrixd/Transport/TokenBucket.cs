namespace Matrixd.Transport;

/// <summary>A rate with a burst: refilled continuously, never beyond the burst. One thread. A mutable value; one owner.</summary>
/// <param name="perSecond">Refill; 0: the bucket never runs dry.</param>
/// <param name="burst">What may be taken at once; less than one second's refill is raised to it.</param>
/// <param name="clock">Monotonic time.</param>
internal struct TokenBucket(int perSecond, int burst, TimeProvider clock)
{
    private readonly double _burst = Math.Max(perSecond, burst);
    private double _tokens = Math.Max(perSecond, burst);
    private long _stamp = clock.GetTimestamp();

    /// <summary>Takes <paramref name="amount"/>, or nothing.</summary>
    /// <param name="now">The clock's timestamp.</param>
    public bool TryTake(double amount, long now)
    {
        if (perSecond == 0)
        {
            return true;
        }

        _tokens = Math.Min(_burst, _tokens + clock.GetElapsedTime(_stamp, now).TotalSeconds * perSecond);
        _stamp = now;
        if (_tokens < amount)
        {
            return false;
        }

        _tokens -= amount;
        return true;
    }
}
