using SQLitePCL;

namespace Matrixd.Storage;

/// <summary>The SQLite that is linked in, and what is to be known about it.</summary>
/// <param name="Version">As SQLite says it, such as 3.40.1.</param>
internal sealed record SqliteRelease(Version Version)
{
    // Source: https://www.sqlite.org/wal.html#walresetbug
    private static readonly Version s_firstAffected = new(3, 7, 0);
    private static readonly Version s_fixed = new(3, 51, 3);

    /// <summary>RETURNING (3.35) and STRICT tables (3.37) are used; Debian 12 has 3.40.1, and nothing older was tried.</summary>
    public static readonly Version Oldest = new(3, 40, 0);

    /// <summary>Two connections that write or checkpoint at once can corrupt the file; the store never has two.</summary>
    public bool InWalResetBugRange => Version >= s_firstAffected && Version < s_fixed;

    public static SqliteRelease Linked()
    {
        Batteries_V2.Init();
        return new SqliteRelease(Version.Parse(raw.sqlite3_libversion().utf8_to_string()));
    }

    /// <summary>Compiled with THREADSAFE=1: connections may move between threads.</summary>
    public static bool IsThreadSafe() => raw.sqlite3_threadsafe() == 1;
}
