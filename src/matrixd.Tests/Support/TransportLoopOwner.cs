using Matrixd.Transport.Loop;

namespace Matrixd.Tests.Support;

/// <summary>Keeps what an event loop complains of.</summary>
internal sealed class TransportLoopOwner : ILoopOwner
{
    private readonly Lock _gate = new();
    private readonly List<string> _heard = [];

    public IReadOnlyList<string> Heard
    {
        get
        {
            lock (_gate)
            {
                return [.. _heard];
            }
        }
    }

    public void OnHandlerFault(Exception error) => Keep($"handler: {error.Message}");

    public void OnTimerFault(Exception error) => Keep($"timer: {error.Message}");

    public void OnLoopStalled(string loop, TimeSpan time) => Keep($"{loop} stalled for {time.TotalMilliseconds:0} ms");

    private void Keep(string what)
    {
        lock (_gate)
        {
            _heard.Add(what);
        }
    }
}
