using System.Globalization;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>Memory that this process may take: the smallest of its control groups' limits, and what the machine has.</summary>
internal static class MemoryLimit
{
    private const string Groups = "/sys/fs/cgroup";

    /// <returns>[bytes] and what sets it; null: not known.</returns>
    public static (long? Bytes, string From) Read()
    {
        (long? Bytes, string From) least = (Machine(), "the machine");

        // "0::/system.slice/matrixd.service"; a limit can stand at any level above.
        string group = ProcFile.Lines("/proc/self/cgroup").FirstOrDefault(line => line.StartsWith("0::", StringComparison.Ordinal))?[3..] ?? "/";
        for (string at = group; ; at = at[..Math.Max(0, at.LastIndexOf('/'))])
        {
            string text = ProcFile.Lines($"{Groups}{at.TrimEnd('/')}/memory.max") is [string first, ..] ? first : "max";
            if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long limit) && limit < (least.Bytes ?? long.MaxValue))
            {
                least = (limit, $"the control group {(at.Length == 0 ? "/" : at)}");
            }

            if (at.Length <= 1)
            {
                return least;
            }
        }
    }

    // "MemTotal:       16303428 kB"
    private static long? Machine()
    {
        string? line = ProcFile.Lines("/proc/meminfo").FirstOrDefault(text => text.StartsWith("MemTotal:", StringComparison.Ordinal));
        string[] words = line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        return words.Length >= 2 && long.TryParse(words[1], NumberStyles.None, CultureInfo.InvariantCulture, out long kilobytes) ? kilobytes * 1024 : null;
    }
}
