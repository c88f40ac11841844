using System.Buffers.Binary;
using System.Net.Sockets;

namespace Matrixd.Transport;

/// <summary>How the kernel is to treat a socket that carries a call.</summary>
internal static class SocketTuning
{
    // A peer that vanished is noticed after 30 + 3 × 10 s of silence, or 20 s after something was sent that it did not take.
    private const int KeepAliveTimeSeconds = 30;
    private const int KeepAliveIntervalSeconds = 10;
    private const int KeepAliveProbes = 3;
    private const int UserTimeoutMilliseconds = 20_000;

    // Linux, netinet/tcp.h
    private const int ProtocolTcp = 6;
    private const int TcpNoDelay = 1;
    private const int TcpKeepIdle = 4;
    private const int TcpKeepInterval = 5;
    private const int TcpKeepCount = 6;
    private const int TcpUserTimeout = 18;

    // sys/socket.h
    private const int SocketLevel = 1;
    private const int SocketKeepAlive = 9;

    /// <summary>The same as setsockopt takes it, for sockets that the base library does not know.</summary>
    public static IReadOnlyList<(int Level, int Option, int Value)> RawOptions { get; } =
    [
        (ProtocolTcp, TcpNoDelay, 1),
        (SocketLevel, SocketKeepAlive, 1),
        (ProtocolTcp, TcpKeepIdle, KeepAliveTimeSeconds),
        (ProtocolTcp, TcpKeepInterval, KeepAliveIntervalSeconds),
        (ProtocolTcp, TcpKeepCount, KeepAliveProbes),
        (ProtocolTcp, TcpUserTimeout, UserTimeoutMilliseconds),
    ];

    /// <summary>No Nagle delay; a dead peer is noticed without pings.</summary>
    /// <param name="sendBytes">What the kernel may hold of what was sent; 0: as much as it likes.</param>
    public static void Apply(Socket socket, int sendBytes = 0)
    {
        if (socket.AddressFamily is not (AddressFamily.InterNetwork or AddressFamily.InterNetworkV6))
        {
            return;
        }

        socket.NoDelay = true;
        if (sendBytes > 0)
        {
            socket.SendBufferSize = sendBytes; // Linux doubles it for its own bookkeeping
        }

        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, KeepAliveTimeSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, KeepAliveIntervalSeconds);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveRetryCount, KeepAliveProbes);
        if (OperatingSystem.IsLinux())
        {
            Span<byte> value = stackalloc byte[sizeof(int)];
            BinaryPrimitives.WriteInt32LittleEndian(value, UserTimeoutMilliseconds);
            socket.SetRawSocketOption(ProtocolTcp, TcpUserTimeout, value);
        }
    }
}
