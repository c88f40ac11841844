using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;

namespace Matrixd.Transport;

/// <summary>A socket that listens, whoever accepts from it.</summary>
internal static class ListenSocket
{
    // All lines of a large daemon may ring within a second; the system bounds it by net.core.somaxconn anyway.
    private const int Backlog = 4096;

    /// <exception cref="AddressInUseException">Somebody else listens there; Kestrel knows it by this.</exception>
    public static Socket Open(EndPoint endpoint)
    {
        Socket? socket = null;
        try
        {
            socket = SocketTransportOptions.CreateDefaultBoundListenSocket(endpoint);
            socket.Blocking = false;
            socket.Listen(Backlog);
            return socket;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.AddressAlreadyInUse)
        {
            socket?.Dispose();
            throw new AddressInUseException(e.Message, e);
        }
    }
}
