using Matrixd.Config;

namespace Matrixd.Diagnostics;

/// <summary>The folder of tapes and flight records, held to its bounds. Belongs to the writer's thread.</summary>
internal sealed class TapeFolder(DiagnosticsOptions options, TimeProvider clock)
{
    public const string TapeSuffix = ".tape.jsonl";
    public const string FlightSuffix = ".flight.jsonl";

    /// <summary>Makes <c>{call_sid}.tape.jsonl</c>, with a number where the call had one before.</summary>
    public TapeFile Create(string callSid, string suffix)
    {
        Directory.CreateDirectory(options.TapDirectory, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        string path = Path.Combine(options.TapDirectory, callSid + suffix);
        for (int number = 2; File.Exists(path); number++)
        {
            path = Path.Combine(options.TapDirectory, $"{callSid}.{number}{suffix}");
        }

        return new TapeFile(path);
    }

    /// <summary>The newest tape of a call; null: there is none.</summary>
    public static string? Find(string directory, string callSid)
    {
        if (!Directory.Exists(directory))
        {
            return null;
        }

        // A SID holds no dot: what is between it and the suffix is a number.
        return Directory.EnumerateFiles(directory, callSid + ".*")
            .Where(path => path.EndsWith(TapeSuffix, StringComparison.Ordinal))
            .OrderByDescending(path => path.Length)
            .ThenByDescending(path => path, StringComparer.Ordinal)
            .FirstOrDefault();
    }

    /// <summary>Removes what is too old, then the oldest of what is too much.</summary>
    /// <param name="open">Files that are being written, and stay.</param>
    /// <returns>How many were removed.</returns>
    public int Tidy(IEnumerable<TapeFile> open)
    {
        DirectoryInfo folder = new(options.TapDirectory);
        if (!folder.Exists)
        {
            return 0;
        }

        HashSet<string> stays = [.. open.Select(file => file.Path)];
        FileInfo[] files =
        [
            .. folder.EnumerateFiles()
                .Where(file => file.Name.EndsWith(TapeSuffix, StringComparison.Ordinal) || file.Name.EndsWith(FlightSuffix, StringComparison.Ordinal))
                .OrderBy(file => file.LastWriteTimeUtc).ThenBy(file => file.Name, StringComparer.Ordinal),
        ];
        DateTime oldest = clock.GetUtcNow().UtcDateTime - options.Keep;
        long total = files.Sum(file => file.Length);
        int removed = 0;
        foreach (FileInfo file in files.Where(file => !stays.Contains(file.FullName) && !stays.Contains(Path.Combine(options.TapDirectory, file.Name))))
        {
            if (file.LastWriteTimeUtc < oldest || total > options.DirectoryBytes)
            {
                total -= file.Length;
                file.Delete();
                removed++;
            }
        }

        return removed;
    }
}
