using System.Globalization;
using Matrixd.Storage;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>What the machine offers, read once; a test gives its own.</summary>
internal sealed record MachineFacts
{
    public required int Processors { get; init; }

    /// <summary>Of the running .NET.</summary>
    public required Version Framework { get; init; }

    public required SqliteRelease Sqlite { get; init; }

    /// <summary>Open files that a process of this user may have at most; null: not known.</summary>
    public long? Files { get; init; }

    /// <summary>[bytes]; null: not known.</summary>
    public long? Memory { get; init; }

    /// <summary>What sets <see cref="Memory"/>: the machine, or a control group.</summary>
    public string MemoryFrom { get; init; } = "";

    /// <summary>Free bytes of the disk that a directory is on; null: not known.</summary>
    public required Func<string, long?> FreeBytes { get; init; }

    public static MachineFacts Read()
    {
        (long? memory, string from) = MemoryLimit.Read();
        return new MachineFacts
        {
            Processors = Environment.ProcessorCount,
            Framework = Environment.Version,
            Sqlite = SqliteRelease.Linked(),
            Files = HardFileLimit(),
            Memory = memory,
            MemoryFrom = from,
            FreeBytes = Free,
        };
    }

    // The hard limit: the runtime raises the soft one to it when it starts. "Max open files            1024                 1048576              files"
    private static long? HardFileLimit()
    {
        string? line = ProcFile.Lines("/proc/self/limits").FirstOrDefault(text => text.StartsWith("Max open files", StringComparison.Ordinal));
        string[] words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length < 5 ? null : words[4] == "unlimited" ? long.MaxValue : long.TryParse(words[4], NumberStyles.None, CultureInfo.InvariantCulture, out long hard) ? hard : null;
    }

    private static long? Free(string directory)
    {
        try
        {
            return new DriveInfo(directory).AvailableFreeSpace;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException)
        {
            return null;
        }
    }
}
