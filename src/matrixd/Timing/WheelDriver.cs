namespace Matrixd.Timing;

/// <summary>The thread that drives the wheel in the daemon: one for the process.</summary>
/// <remarks>A thread of its own rather than a pool timer: playout must not wait behind whatever else the pool is doing.</remarks>
internal sealed class WheelDriver : IDisposable
{
    private readonly TimerWheel _wheel;
    private readonly Action<Exception> _onFault;
    private readonly ManualResetEventSlim _stopping = new(initialState: false, spinCount: 0); // each of 200 waits a second would spin first
    private readonly Thread _thread;

    /// <param name="wheel">The wheel to advance.</param>
    /// <param name="onFault">Told of an exception that escaped from a timer; the wheel goes on.</param>
    public WheelDriver(TimerWheel wheel, Action<Exception> onFault)
    {
        _wheel = wheel;
        _onFault = onFault;
        _thread = new Thread(Run) { Name = "timer wheel", IsBackground = true, Priority = ThreadPriority.AboveNormal };
    }

    public void Start() => _thread.Start();

    public void Dispose()
    {
        _stopping.Set();
        if (_thread.IsAlive && Thread.CurrentThread != _thread)
        {
            _thread.Join();
        }

        _stopping.Dispose();
    }

    private void Run()
    {
        while (!_stopping.Wait(TimerWheel.Tick))
        {
            try
            {
                _wheel.Advance();
            }
#pragma warning disable CA1031 // the one catch at the root of every timer: one call's fault must not stop all calls' playout
            catch (Exception e)
#pragma warning restore CA1031
            {
                _onFault(e);
            }
        }
    }
}
