namespace Matrixd.Calls;

/// <summary>For a while no new calls are taken: whoever answers them has none to spare. Any thread.</summary>
/// <remarks>Monotonic time, so that a moved clock neither ends nor prolongs it.</remarks>
internal sealed class AdmissionHold(TimeProvider clock)
{
    private readonly Lock _gate = new();
    private long _from;
    private TimeSpan _time;

    public bool IsHeld
    {
        get
        {
            lock (_gate)
            {
                return clock.GetElapsedTime(_from) < _time;
            }
        }
    }

    /// <summary>Holds from now on; a hold that lasts longer stays.</summary>
    public void Hold(TimeSpan time)
    {
        lock (_gate)
        {
            if (_time - clock.GetElapsedTime(_from) < time)
            {
                _from = clock.GetTimestamp();
                _time = time;
            }
        }
    }
}
