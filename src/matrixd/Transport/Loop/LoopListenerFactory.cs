using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Matrixd.Transport.Loop;

/// <summary>Kestrel's transport on our event loops: HTTP is Kestrel's, over pipes; a WebSocket is taken over by its loop.</summary>
internal sealed class LoopListenerFactory(EventLoops loops) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    // All lines of a large daemon may ring within a second; the system bounds it by net.core.somaxconn anyway.
    private const int Backlog = 4096;

    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket? socket = null;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.Blocking = false;
            socket.Listen(Backlog);
            return ValueTask.FromResult<IConnectionListener>(new LoopListener(socket, loops));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket?.Dispose();
            throw new AddressInUseException(e.Message, e);
        }
    }
}
