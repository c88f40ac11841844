using System.Runtime.InteropServices;

namespace Matrixd.Timing;

/// <summary>A thread that serves the disk: where there is one processor for all, calls come before it.</summary>
/// <remarks>
/// What it has to do comes in bursts, and the kernel lets a thread of equal rank go on for a whole slice, several milliseconds, while frames wait. Of a
/// processor that is fully taken by calls it still gets about a tenth, more than it needs. Going down in rank needs no right.
/// </remarks>
internal static partial class DiskThread
{
    /// <summary>How far below the process [nice].</summary>
    public const int Below = 10;

    /// <summary>Makes one that ends with the process; the caller starts it.</summary>
    public static Thread Create(string name, Action run) => new(() =>
    {
        _ = Nice(Below); // of this thread alone, as Linux has it
        run();
    })
    {
        Name = name,
        IsBackground = true,
    };

    [LibraryImport("libc", EntryPoint = "nice")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Nice(int increment);
}
