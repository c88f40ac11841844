namespace Matrixd.Tests.Support;

/// <summary>A clock that stands still until a test moves it.</summary>
/// <remarks>Its frequency is odd on purpose: code that takes timestamps for ticks or milliseconds fails.</remarks>
internal sealed class VirtualTime : TimeProvider
{
    private const long Factor = 7;
    private readonly Lock _gate = new();
    private DateTimeOffset _now = new(2026, 11, 22, 9, 0, 0, TimeSpan.Zero);
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond * Factor;

    public override long GetTimestamp()
    {
        lock (_gate)
        {
            return _ticks * Factor;
        }
    }

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _now;
        }
    }

    /// <summary>Moves the monotonic and the wall clock together.</summary>
    public void Advance(TimeSpan by)
    {
        lock (_gate)
        {
            _ticks += by.Ticks;
            _now += by;
        }
    }

    /// <summary>Moves the wall clock alone, as an operator or NTP does.</summary>
    public void JumpWallClock(TimeSpan by)
    {
        lock (_gate)
        {
            _now += by;
        }
    }
}
