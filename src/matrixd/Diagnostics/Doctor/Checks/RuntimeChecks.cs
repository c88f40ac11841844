using System.Globalization;
using Matrixd.Storage;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>What is linked in, and what is known about it.</summary>
internal static class RuntimeChecks
{
    // Source: https://dotnet.microsoft.com/platform/support/policy/dotnet-core
    private static readonly Dictionary<int, DateOnly> s_supportEnds = new() { [8] = new(2026, 11, 10), [9] = new(2026, 11, 10), [10] = new(2028, 11, 14) };

    public static CheckResult Sqlite(MachineFacts machine)
    {
        SqliteRelease release = machine.Sqlite;
        if (release.Version < SqliteRelease.Oldest)
        {
            return CheckResult.Broken($"{release.Version} is linked in, the store needs {SqliteRelease.Oldest}", "use the released binary, or build with a newer libsqlite3-dev");
        }

        return release.InWalResetBugRange
            ? CheckResult.Note(
                $"{release.Version}: of the releases 3.7.0 to 3.51.2, in which two connections that write or checkpoint at once can corrupt a database",
                "nothing to do: one connection of the daemon does all of that. Open the file with no other program that writes; the next build may link a newer one")
            : CheckResult.Fine($"{release.Version}");
    }

    public static CheckResult Framework(MachineFacts machine, TimeProvider clock)
    {
        string version = $".NET {machine.Framework}";
        if (!s_supportEnds.TryGetValue(machine.Framework.Major, out DateOnly end))
        {
            return CheckResult.Fine($"{version}; when its support ends is not known to this version");
        }

        string day = end.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        return DateOnly.FromDateTime(clock.GetUtcNow().UtcDateTime) <= end
            ? CheckResult.Fine($"{version}, supported until {day}")
            : CheckResult.Note($"{version}: its support ended on {day}, and it gets no security fixes any more", "take a matrixd that is built for a supported .NET as soon as there is one; keep the admin address and Exotel's socket behind an allow-list or proxy");
    }
}
