using System.Runtime.InteropServices;
using System.Threading.Channels;

namespace Matrixd.Hosting;

/// <summary>What the outside asks of the daemon.</summary>
internal enum DaemonRequest
{
    /// <summary>SIGTERM: let calls end.</summary>
    Drain,

    /// <summary>SIGINT: end within seconds.</summary>
    Stop,

    /// <summary>SIGHUP: read the configuration again.</summary>
    Reload,
}

/// <summary>Signals as a queue of requests. None of them ends the process by itself.</summary>
internal sealed class SignalDoor : IDisposable
{
    private readonly Channel<DaemonRequest> _requests = Channel.CreateBounded<DaemonRequest>(
        new BoundedChannelOptions(16) { FullMode = BoundedChannelFullMode.DropWrite });

    private readonly List<PosixSignalRegistration> _registrations = [];

    public SignalDoor()
    {
        Register(PosixSignal.SIGTERM, DaemonRequest.Drain);
        Register(PosixSignal.SIGINT, DaemonRequest.Stop);
        Register(PosixSignal.SIGHUP, DaemonRequest.Reload);
    }

    public ChannelReader<DaemonRequest> Requests => _requests.Reader;

    /// <summary>Asks as a signal would.</summary>
    public void Ask(DaemonRequest request) => _requests.Writer.TryWrite(request);

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void Register(PosixSignal signal, DaemonRequest request) => _registrations.Add(PosixSignalRegistration.Create(signal, context =>
    {
        context.Cancel = true;
        Ask(request);
    }));
}
