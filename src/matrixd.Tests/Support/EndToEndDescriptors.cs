using System.Globalization;
using System.Runtime.InteropServices;

namespace Matrixd.Tests.Support;

/// <summary>The descriptors of a running process, and how many it may have.</summary>
internal static partial class EndToEndDescriptors
{
    private const int NumberOfFiles = 7; // RLIMIT_NOFILE

    /// <summary>Leaves it room for so many more; what is open stays.</summary>
    /// <returns>The number from which on it opens none.</returns>
    public static int Limit(int pid, int room)
    {
        HashSet<int> open = Of(pid);
        int limit = 0;
        for (int free = 0; free < room; limit++)
        {
            free += open.Contains(limit) ? 0 : 1; // some are far up: they were inherited
        }

        var files = new Limits { Soft = (ulong)limit, Hard = (ulong)limit };
        return prlimit(pid, NumberOfFiles, ref files, 0) == 0 ? limit : throw new IOException($"prlimit failed with {Marshal.GetLastPInvokeError()}");
    }

    /// <summary>Open ones below <paramref name="limit"/>; as many as that: the process can open nothing.</summary>
    public static int Below(int pid, int limit) => Of(pid).Count(fd => fd < limit);

    private static HashSet<int> Of(int pid) =>
        [.. Directory.EnumerateFileSystemEntries($"/proc/{pid}/fd").Select(path => int.Parse(Path.GetFileName(path), CultureInfo.InvariantCulture))];

    [LibraryImport("libc", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int prlimit(int pid, int resource, ref Limits limits, nint old);

    [StructLayout(LayoutKind.Sequential)]
    private struct Limits
    {
        public ulong Soft;
        public ulong Hard;
    }
}
