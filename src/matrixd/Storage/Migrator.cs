using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Matrixd.Storage;

/// <summary>Brings a database to the newest schema, one transaction a step.</summary>
internal static class Migrator
{
    /// <summary>The user_version of a database that has run them all.</summary>
    public static int Newest(IReadOnlyList<Migration> migrations) => migrations[^1].Version;

    /// <summary>Runs the steps that the database lacks. A crash at any point leaves the schema before or after a step, never between.</summary>
    /// <param name="connection">The writing connection.</param>
    /// <param name="path">Its file.</param>
    /// <param name="tuning">The steps, and who is told of them.</param>
    /// <returns>The version it started from.</returns>
    public static int Run(StoreConnection connection, string path, StoreTuning tuning)
    {
        int from = Version(connection);
        foreach (Migration migration in tuning.Migrations)
        {
            if (migration.Version > from)
            {
                RunOrExplain(connection, path, migration, tuning.OnMigrationStep);
            }
        }

        return from;
    }

    public static int Version(StoreConnection connection) => (int)connection.Sql("PRAGMA user_version").Number();

    private static void RunOrExplain(StoreConnection connection, string path, Migration migration, Action<MigrationStep>? told)
    {
        try
        {
            Run(connection, path, migration, told);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is raw.SQLITE_ERROR or raw.SQLITE_CONSTRAINT)
        {
            throw new StorageException(string.Create(CultureInfo.InvariantCulture,
                $"The store {path} cannot be brought to schema version {migration.Version} ({e.Message}): it was left as it was, run the matrixd that made it."), e);
        }
    }

    private static void Run(StoreConnection connection, string path, Migration migration, Action<MigrationStep>? told)
    {
        connection.Execute("BEGIN IMMEDIATE");
        for (int i = 0; i < migration.Statements.Count; i++)
        {
            told?.Invoke(new MigrationStep(path, migration.Version, i));
            connection.Execute(migration.Statements[i]);
        }

        // user_version stands in the file's header and is part of the transaction.
        connection.Execute(string.Create(CultureInfo.InvariantCulture, $"PRAGMA user_version = {migration.Version}"));
        told?.Invoke(new MigrationStep(path, migration.Version, migration.Statements.Count));
        connection.Execute("COMMIT");
    }
}
