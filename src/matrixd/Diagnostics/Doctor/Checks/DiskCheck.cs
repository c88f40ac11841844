using System.Globalization;
using Matrixd.Config;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>Room for rows and recordings.</summary>
internal static class DiskCheck
{
    private const long MiB = 1024 * 1024;
    private const long GiB = 1024 * MiB;

    // Less, and the store is near the point where it refuses to write.
    private const long TooLittle = 256 * MiB;

    private const long Little = 5 * GiB;

    // Stereo, s16le, 8 kHz: an hour of one call [bytes].
    private const long RecordedHour = 2L * 2 * 8000 * 3600;

    public static CheckResult Run(DoctorSubject subject)
    {
        DaemonConfig config = subject.Config;
        string store = Existing(Path.GetDirectoryName(Path.GetFullPath(config.StorePath)) ?? "/");
        string recordings = config.Calls.RecordingDirectory.Length > 0 ? Existing(config.Calls.RecordingDirectory) : "";
        List<(string Directory, long Free)> rooms = [];
        foreach (string directory in new[] { store, recordings }.Where(name => name.Length > 0).Distinct(StringComparer.Ordinal))
        {
            if (subject.Machine.FreeBytes(directory) is not { } free)
            {
                return CheckResult.Broken($"the free space of {directory} cannot be told", "check [store] path and [recording] directory: they must be directories that can be read");
            }

            rooms.Add((directory, free));
        }

        long least = rooms.Min(room => room.Free);
        string text = string.Join("; ", rooms.GroupBy(room => room.Free / MiB) // on one disk, they have the same room
            .Select(disk => string.Create(CultureInfo.InvariantCulture, $"{string.Join(" and ", disk.Select(room => room.Directory))}: {(double)disk.First().Free / GiB:0.0} GiB free")));
        if (recordings.Length > 0)
        {
            text += string.Create(CultureInfo.InvariantCulture, $", {rooms.First(room => room.Directory == recordings).Free / RecordedHour:0} hours of recorded calls");
        }

        return least < TooLittle ? CheckResult.Broken($"{text}: too little to go on", "free some space, or move [recording] directory to another disk")
            : least < Little ? CheckResult.Note($"{text}: little", "free some space, or let recordings be removed after some days")
            : CheckResult.Fine(text);
    }

    // What is not there yet is made at the daemon's start, on the disk of what is.
    private static string Existing(string directory)
    {
        string at = Path.GetFullPath(directory);
        while (!Directory.Exists(at) && Path.GetDirectoryName(at) is { } parent)
        {
            at = parent;
        }

        return at;
    }
}
