using System.Runtime.InteropServices;

namespace Matrixd.Transport.Loop;

/// <summary>The system calls of the event loop, and the numbers they take. Linux, any processor.</summary>
/// <remarks>Arguments are blittable, so that a call costs some nanoseconds; what failed is in <see cref="Error"/>, to be asked at once.</remarks>
internal static unsafe partial class Libc
{
    public const int EINTR = 4;
    public const int EAGAIN = 11;
    public const int ECONNABORTED = 103;
    public const int EINPROGRESS = 115;

    // sys/epoll.h
    public const uint EPOLLIN = 0x001;
    public const uint EPOLLOUT = 0x004;
    public const int EPOLL_CTL_ADD = 1;
    public const int EPOLL_CTL_DEL = 2;
    public const int EPOLL_CTL_MOD = 3;

    // sys/socket.h
    public const int SOCK_STREAM = 1;
    public const int SOCK_NONBLOCK = 0x800;
    public const int SOCK_CLOEXEC = 0x80000;
    public const int SOL_SOCKET = 1;
    public const int SO_ERROR = 4;
    public const int SO_SNDBUF = 7;
    public const int SO_LINGER = 13;
    public const int SHUT_RDWR = 2;
    public const int MSG_NOSIGNAL = 0x4000;

    /// <summary>errno of the last call on this thread.</summary>
    public static int Error => Marshal.GetLastSystemError();

    /// <summary>What an errno says to people.</summary>
    public static string Text(int error) => Marshal.GetPInvokeErrorMessage(error);

    [LibraryImport("libc", EntryPoint = "epoll_create1")]
    public static partial int EpollCreate(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl")]
    public static partial int EpollControl(int epoll, int operation, int fd, void* @event);

    [LibraryImport("libc", EntryPoint = "epoll_wait")]
    public static partial int EpollWait(int epoll, void* events, int max, int timeout);

    [LibraryImport("libc", EntryPoint = "eventfd")]
    public static partial int EventFd(uint initial, int flags);

    [LibraryImport("libc", EntryPoint = "read")]
    public static partial nint Read(int fd, void* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "write")]
    public static partial nint Write(int fd, void* buffer, nint count);

    [LibraryImport("libc", EntryPoint = "recv")]
    public static partial nint Receive(int fd, void* buffer, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "send")]
    public static partial nint Send(int fd, void* buffer, nint count, int flags);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int fd);

    [LibraryImport("libc", EntryPoint = "shutdown")]
    public static partial int Shutdown(int fd, int how);

    [LibraryImport("libc", EntryPoint = "socket")]
    public static partial int Socket(int family, int type, int protocol);

    [LibraryImport("libc", EntryPoint = "connect")]
    public static partial int Connect(int fd, void* address, uint size);

    [LibraryImport("libc", EntryPoint = "accept4")]
    public static partial int Accept(int fd, void* address, uint* size, int flags);

    [LibraryImport("libc", EntryPoint = "getsockname")]
    public static partial int GetSocketName(int fd, void* address, uint* size);

    [LibraryImport("libc", EntryPoint = "getsockopt")]
    public static partial int GetSocketOption(int fd, int level, int option, void* value, uint* size);

    [LibraryImport("libc", EntryPoint = "setsockopt")]
    public static partial int SetSocketOption(int fd, int level, int option, void* value, uint size);
}
