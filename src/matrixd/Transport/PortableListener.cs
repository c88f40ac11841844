using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Matrixd.Transport;

/// <summary>A listening socket of the base library, before Kestrel's own connections.</summary>
/// <remarks>
/// Kestrel's listener tries again at once when an accept has failed. Without descriptors each of them fails, at once, and on the thread that
/// also reads the sockets of live calls: they stand still for as long as it lasts. This one looks again ten times a second.
/// </remarks>
/// <param name="socket">Listens; owned.</param>
/// <param name="connections">Makes Kestrel's connections; owned.</param>
/// <param name="pause">Taken where no connection can be.</param>
internal sealed class PortableListener(Socket socket, SocketConnectionContextFactory connections, AcceptPause pause) : IConnectionListener
{
    public EndPoint EndPoint { get; } = socket.LocalEndPoint!;

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            try
            {
                Socket accepted = await socket.AcceptAsync(cancellationToken);
                accepted.NoDelay = true; // on Linux it does not fail, whatever became of the connection
                return connections.Create(accepted);
            }
            catch (ObjectDisposedException)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.OperationAborted)
            {
                return null;
            }
            catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionAborted or SocketError.ConnectionReset or SocketError.Interrupted)
            {
                // it broke while it waited: the next one
            }
            catch (SocketException e)
            {
                await pause.WaitAsync(e.Message, cancellationToken); // whatever it is, it may last
            }
        }
    }

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        socket.Dispose();
        return ValueTask.CompletedTask;
    }

    public ValueTask DisposeAsync()
    {
        socket.Dispose();
        connections.Dispose();
        return ValueTask.CompletedTask;
    }
}
