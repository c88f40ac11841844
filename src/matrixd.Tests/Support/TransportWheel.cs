using Matrixd.Timing;

namespace Matrixd.Tests.Support;

/// <summary>A timer wheel on the real clock, driven by its own thread; a fault in a timer is kept.</summary>
internal sealed class TransportWheel : IDisposable
{
    private readonly WheelDriver _driver;
    private readonly List<Exception> _faults = [];

    public TransportWheel()
    {
        Wheel = new TimerWheel(TimeProvider.System);
        _driver = new WheelDriver(Wheel, _faults.Add);
        _driver.Start();
    }

    public TimerWheel Wheel { get; }

    public IReadOnlyList<Exception> Faults => _faults;

    public void Dispose() => _driver.Dispose();
}
