using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Matrixd.Storage;

/// <summary>The few system calls that the framework does not offer: flock, ownership, fsync of a directory.</summary>
/// <remarks>
/// The framework's own file sharing is no substitute for <see cref="TryLock"/>: every FileStream takes a shared flock, and an environment variable turns it off.
/// Flags are those of Linux on x86-64 and arm64, which agree in all used here.
/// </remarks>
internal static unsafe partial class Posix
{
    public const int OpenReadOnly = 0;
    public const int OpenReadWrite = 2;
    public const int OpenCreate = 0x40;
    private const int OpenCloseOnExec = 0x80000;
    private const int LockExclusive = 2;
    private const int LockNonBlocking = 4;
    private const int WouldBlock = 11;
    private const int CurrentDirectory = -100;
    private const uint StatxUid = 8;

    /// <summary>Opens a file; the caller owns the handle. Throws <see cref="IOException"/> with the system's own words.</summary>
    public static SafeFileHandle Open(string path, int flags, UnixFileMode mode)
    {
        int fd = OpenFile(path, flags | OpenCloseOnExec, (uint)mode);
        return fd >= 0 ? new SafeFileHandle(fd, ownsHandle: true) : throw LastError();
    }

    /// <summary>False where another process (or another handle of this one) holds the lock.</summary>
    public static bool TryLock(SafeFileHandle file)
    {
        if (Flock(file, LockExclusive | LockNonBlocking) == 0)
        {
            return true;
        }

        return Marshal.GetLastPInvokeError() == WouldBlock ? false : throw LastError();
    }

    /// <summary>Makes a rename or a new file in the directory survive power loss.</summary>
    public static void SyncDirectory(string directory)
    {
        using SafeFileHandle handle = Open(directory, OpenReadOnly, UnixFileMode.None);
        if (Fsync(handle) != 0)
        {
            throw LastError();
        }
    }

    /// <summary>The user that owns a file.</summary>
    public static uint OwnerOf(string path)
    {
        // statx, unlike stat, has one layout on every architecture: 256 bytes, the owner at byte 20.
        byte* buffer = stackalloc byte[256];
        return Statx(CurrentDirectory, path, 0, StatxUid, buffer) == 0 ? *(uint*)(buffer + 20) : throw LastError();
    }

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    private static IOException LastError()
    {
        int code = Marshal.GetLastPInvokeError();
        return new IOException(Marshal.GetPInvokeErrorMessage(code), code);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    private static partial int Flock(SafeFileHandle file, int operation);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int Fsync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Statx(int directory, string path, int flags, uint mask, byte* buffer);
}
