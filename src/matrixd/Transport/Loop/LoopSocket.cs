using System.Net;
using System.Net.Sockets;

namespace Matrixd.Transport.Loop;

/// <summary>Sockets as the loop uses them: descriptors that never block, known to nobody else.</summary>
internal static unsafe class LoopSocket
{
    private const int AddressBytes = 128; // sockaddr_storage

    /// <summary>A TCP socket for <paramref name="family"/>, tuned for a call.</summary>
    /// <exception cref="IOException">The system has none.</exception>
    public static int Open(AddressFamily family)
    {
        int fd = Libc.Socket(family == AddressFamily.InterNetworkV6 ? 10 : 2, Libc.SOCK_STREAM | Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC, 0);
        if (fd < 0)
        {
            throw new IOException(Libc.Text(Libc.Error));
        }

        Tune(fd);
        return fd;
    }

    /// <summary>As <see cref="SocketTuning"/>.</summary>
    public static void Tune(int fd)
    {
        foreach ((int level, int option, int value) in SocketTuning.RawOptions)
        {
            int set = value;
            _ = Libc.SetSocketOption(fd, level, option, &set, sizeof(int)); // a kernel that lacks one notices a dead peer later, that is all
        }
    }

    /// <summary>Bounds what the kernel may hold of what was sent [bytes]; Linux doubles it for its own bookkeeping.</summary>
    public static void LimitSending(int fd, int bytes) => _ = Libc.SetSocketOption(fd, Libc.SOL_SOCKET, Libc.SO_SNDBUF, &bytes, sizeof(int));

    /// <summary>Begins to connect.</summary>
    /// <returns>True where it is connected already.</returns>
    /// <exception cref="IOException">It failed at once.</exception>
    public static bool Connect(int fd, IPEndPoint peer)
    {
        SocketAddress address = peer.Serialize();
        fixed (byte* bytes = address.Buffer.Span)
        {
            if (Libc.Connect(fd, bytes, (uint)address.Size) == 0)
            {
                return true;
            }
        }

        int error = Libc.Error;
        return error == Libc.EINPROGRESS ? false : throw new IOException(Libc.Text(error));
    }

    /// <summary>What went wrong with the socket meanwhile; 0: nothing.</summary>
    public static int TakeError(int fd)
    {
        int error = 0;
        uint size = sizeof(int);
        return Libc.GetSocketOption(fd, Libc.SOL_SOCKET, Libc.SO_ERROR, &error, &size) < 0 ? Libc.Error : error;
    }

    /// <summary>Takes the next connection of a listener.</summary>
    /// <returns>A descriptor; -1: none, see <see cref="Libc.Error"/>.</returns>
    public static int Accept(int listener, out IPEndPoint? peer)
    {
        byte* address = stackalloc byte[AddressBytes];
        uint size = AddressBytes;
        int fd = Libc.Accept(listener, address, &size, Libc.SOCK_NONBLOCK | Libc.SOCK_CLOEXEC);
        peer = fd < 0 ? null : EndPoint(address, size);
        return fd;
    }

    /// <summary>Our end's address.</summary>
    public static IPEndPoint? LocalEndPoint(int fd)
    {
        byte* address = stackalloc byte[AddressBytes];
        uint size = AddressBytes;
        return Libc.GetSocketName(fd, address, &size) < 0 ? null : EndPoint(address, size);
    }

    /// <summary>Reads what there is.</summary>
    public static IoResult Read(int fd, Span<byte> buffer, out int count, out Exception? error)
    {
        nint read;
        fixed (byte* memory = buffer)
        {
            read = Libc.Receive(fd, memory, buffer.Length, 0);
        }

        count = (int)Math.Max(read, 0);
        error = null;
        return read > 0 ? IoResult.Done : read == 0 ? IoResult.Ended : Judge(IoResult.WantsRead, out error);
    }

    /// <summary>Writes what there is room for.</summary>
    public static IoResult Write(int fd, ReadOnlySpan<byte> bytes, out int count, out Exception? error)
    {
        nint sent;
        fixed (byte* memory = bytes)
        {
            sent = Libc.Send(fd, memory, bytes.Length, Libc.MSG_NOSIGNAL);
        }

        count = (int)Math.Max(sent, 0);
        error = null;
        return sent >= 0 ? IoResult.Done : Judge(IoResult.WantsWrite, out error);
    }

    /// <summary>Closes.</summary>
    /// <param name="reset">With a reset: whatever waits in either direction is of no use any more.</param>
    public static void Close(int fd, bool reset)
    {
        if (reset)
        {
            long linger = 1; // struct linger { int l_onoff = 1; int l_linger = 0; }, little-endian
            _ = Libc.SetSocketOption(fd, Libc.SOL_SOCKET, Libc.SO_LINGER, &linger, sizeof(long));
        }
        else
        {
            _ = Libc.Shutdown(fd, Libc.SHUT_RDWR);
        }

        _ = Libc.Close(fd);
    }

    private static IoResult Judge(IoResult wants, out Exception? error)
    {
        int code = Libc.Error;
        error = code is Libc.EAGAIN or Libc.EINTR ? null : new IOException(Libc.Text(code));
        return error is null ? wants : IoResult.Failed; // after an interruption epoll asks for it again at once
    }

    private static IPEndPoint? EndPoint(byte* bytes, uint size)
    {
        AddressFamily family = *(ushort*)bytes switch
        {
            2 => AddressFamily.InterNetwork,
            10 => AddressFamily.InterNetworkV6,
            _ => AddressFamily.Unspecified,
        };
        if (family == AddressFamily.Unspecified)
        {
            return null;
        }

        SocketAddress address = new(family, (int)size);
        new ReadOnlySpan<byte>(bytes, (int)size).CopyTo(address.Buffer.Span);
        return (IPEndPoint)new IPEndPoint(family == AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any, 0).Create(address);
    }
}
