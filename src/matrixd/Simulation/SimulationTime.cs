using Matrixd.Timing;

namespace Matrixd.Simulation;

/// <summary>The wheel a simulator runs on: its own with a thread, or one lent by a test that moves virtual time.</summary>
/// <remarks>Disposing ends the thread of an own wheel; a lent wheel is left alone.</remarks>
internal sealed class SimulationTime : IDisposable
{
    private readonly WheelDriver? _driver;
    private int _faults;

    public SimulationTime(TimerWheel? lent = null)
    {
        Wheel = lent ?? new TimerWheel(TimeProvider.System);
        if (lent is null)
        {
            _driver = new WheelDriver(Wheel, e =>
            {
                LastFault = e;
                Interlocked.Increment(ref _faults);
            });
            _driver.Start();
        }
    }

    public TimerWheel Wheel { get; }

    /// <summary>Exceptions that escaped from timers; a simulator that has any is broken and says so.</summary>
    public int Faults => Volatile.Read(ref _faults);

    public Exception? LastFault { get; private set; }

    public void Dispose() => _driver?.Dispose();
}
