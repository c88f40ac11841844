using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Logging;

namespace Matrixd.Transport.Loop;

/// <summary>Kestrel's transport on our event loops: HTTP is Kestrel's, over pipes; a WebSocket is taken over by its loop.</summary>
internal sealed class LoopListenerFactory(EventLoops loops, ILoggerFactory loggers) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var pause = new AcceptPause(loggers.CreateLogger<LoopListener>(), TimeProvider.System);
        return ValueTask.FromResult<IConnectionListener>(new LoopListener(ListenSocket.Open(endpoint), loops, pause));
    }
}
