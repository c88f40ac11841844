using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;

namespace Matrixd.Transport;

/// <summary>Kestrel's transport on sockets of the base library: where there are no event loops.</summary>
internal sealed class PortableListenerFactory(ILoggerFactory loggers) : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is IPEndPoint;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        Socket socket = ListenSocket.Open(endpoint);

        // A frame goes from its socket's read to the other socket's write on the thread that read it.
        var options = new SocketConnectionFactoryOptions { UnsafePreferInlineScheduling = true };
        ILogger logger = loggers.CreateLogger<PortableListener>();
        var connections = new SocketConnectionContextFactory(options, logger);
        return ValueTask.FromResult<IConnectionListener>(new PortableListener(socket, connections, new AcceptPause(logger, TimeProvider.System)));
    }
}
