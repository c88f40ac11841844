using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Matrixd.Transport.Loop;

/// <summary>Kestrel's transport on our event loops: HTTP is Kestrel's, over pipes; a WebSocket is taken over by its loop.</summary>
internal sealed class LoopListenerFactory(EventLoops loops) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
        => ValueTask.FromResult<IConnectionListener>(new LoopListener(ListenSocket.Open(endpoint), loops));
}
