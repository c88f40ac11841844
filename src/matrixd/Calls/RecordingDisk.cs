using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Matrixd.Calls;

/// <summary>The disk under the recordings: <c>syncfs</c> where it can be relied on, <c>fsync</c> everywhere.</summary>
/// <remarks>
/// Any thread, but one <see cref="TrySyncAll"/> at a time. One handle is kept for all: the system tells a failed write once to each handle, so that a
/// new one would not hear of those before it. Flags and structures are those of Linux on x86-64 and arm64, which agree in all used here.
/// </remarks>
/// <param name="directory">Of the recordings; it need not exist before something has been recorded.</param>
internal sealed unsafe partial class RecordingDisk(string directory) : IRecordingDisk
{
    private const int OpenReadOnly = 0;
    private const int OpenCloseOnExec = 0x80000;
    private const int NotImplemented = 38;
    private const int InvalidArgument = 22;

    // Of struct statfs, which begins with the kind of the file system as a word of 64 bits.
    private const int StatfsBytes = 120;

    // Source: man 2 syncfs: before Linux 5.8 it fails "only when passed a bad file descriptor", whatever became of the data.
    private static readonly Version s_tellsFailures = new(5, 8);

    private SafeFileHandle? _handle;
    private bool _isReliable;

    public bool TrySyncAll()
    {
        if (_handle is null && !TryOpen())
        {
            return false; // asked again the next time: it may be a lack of descriptors
        }

        if (!_isReliable || SyncFileSystem(_handle!) == 0)
        {
            return _isReliable;
        }

        int code = Marshal.GetLastPInvokeError();
        if (code is NotImplemented or InvalidArgument)
        {
            return _isReliable = false;
        }

        throw new IOException(Marshal.GetPInvokeErrorMessage(code), code);
    }

    public void Sync(RecordingFile file) => file.Wav!.Sync();

    public void Dispose() => _handle?.Dispose();

    private bool TryOpen()
    {
        int fd = OpenFile(directory, OpenReadOnly | OpenCloseOnExec, 0);
        if (fd < 0)
        {
            return false;
        }

        _handle = new SafeFileHandle(fd, ownsHandle: true);
        byte* kind = stackalloc byte[StatfsBytes];
        _isReliable = Environment.OSVersion.Version >= s_tellsFailures && FileSystemKind(_handle, kind) == 0 && IsReliable(*(long*)kind);
        return true;
    }

    // Those that are known to write everything and to say when it failed. Layers over others, networks and FUSE may do neither.
    // Source: linux/magic.h.
    private static bool IsReliable(long kind) => (uint)kind is
        0xEF53 // ext2, ext3, ext4
        or 0x58465342 // XFS
        or 0x9123683E // Btrfs
        or 0xF2F52010 // F2FS
        or 0x01021994; // tmpfs: nothing survives, and nothing needs to be waited for

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "syncfs", SetLastError = true)]
    private static partial int SyncFileSystem(SafeFileHandle anyFile);

    [LibraryImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    private static partial int FileSystemKind(SafeFileHandle anyFile, byte* kind);
}
