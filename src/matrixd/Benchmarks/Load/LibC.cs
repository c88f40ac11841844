using System.Runtime.InteropServices;

namespace Matrixd.Benchmarks;

/// <summary>The calls of the C library that one epoll thread needs.</summary>
internal static unsafe partial class LibC
{
    public const int EpollIn = 1;
    public const int EpollOut = 4;
    public const int EpollAdd = 1;
    public const int EpollModify = 3;
    public const int NoSignal = 0x4000; // a broken connection is an error, not a signal
    public const int TimerNonBlocking = 0x800;
    public const int Monotonic = 1;
    public const int ProcessCpuTime = 2;
    public const int Again = 11; // EAGAIN

    private const string Library = "libc";

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int epoll_create1(int flags);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int epoll_ctl(int epoll, int operation, int fd, byte* change);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int epoll_wait(int epoll, byte* events, int most, int milliseconds);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint recv(int fd, byte* buffer, nint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint send(int fd, byte* buffer, nint length, int flags);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial nint read(int fd, byte* buffer, nint length);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int timerfd_create(int clock, int flags);

    /// <param name="times">Interval and first expiry: seconds and nanoseconds of each.</param>
    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int timerfd_settime(int fd, int flags, long* times, long* before);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int sched_setaffinity(int pid, nint size, ulong* mask);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int sched_getaffinity(int pid, nint size, ulong* mask);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int clock_gettime(int clock, long* time);

    [LibraryImport(Library)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int clock_getcpuclockid(int pid, int* clock);

    [LibraryImport(Library, SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    public static partial int kill(int pid, int signal);
}
