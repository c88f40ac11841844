using Matrixd.Audio;
using Microsoft.Extensions.Logging;

namespace Matrixd.Calls;

/// <summary>Recordings that a crash left unfinished get the header their length deserves, and their final name. Run once at start.</summary>
internal static partial class RecordingRepair
{
    /// <summary>What a recording in progress is called.</summary>
    public const string PartSuffix = ".part";

    /// <returns>How many were repaired.</returns>
    public static int Run(string directory, ILogger logger)
    {
        if (!Directory.Exists(directory))
        {
            return 0;
        }

        int repaired = 0;
        EnumerationOptions everywhere = new() { RecurseSubdirectories = true, IgnoreInaccessible = true };
        foreach (string part in Directory.EnumerateFiles(directory, "*.wav" + PartSuffix, everywhere))
        {
            try
            {
                WavHeader.Repair(part);
                File.Move(part, part[..^PartSuffix.Length], overwrite: false);
                repaired++;
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidDataException)
            {
                LogNotRepaired(logger, part, e.Message);
            }
        }

        return repaired;
    }

    [LoggerMessage(1021, LogLevel.Warning, "recording {Path} of a call that a crash cut could not be repaired and is left as it is: {Error}")]
    private static partial void LogNotRepaired(ILogger logger, string path, string error);
}
