using Matrixd.Calls;
using Matrixd.Storage;
using Matrixd.Tests.Support;
using Xunit;
using static Matrixd.Tests.Support.StorageFolder;

namespace Matrixd.Tests.Storage;

/// <summary>T10: a crash inside a migration leaves the old schema whole or the new one complete.</summary>
public sealed class MigrationTests
{
    private static readonly Migration s_next = new(Schema.Migrations.Count + 1, [
        "CREATE TABLE campaigns (id TEXT PRIMARY KEY) STRICT",
        "ALTER TABLE sessions ADD COLUMN cost INTEGER NOT NULL DEFAULT 0",
        "INSERT INTO campaigns (id) SELECT DISTINCT campaign_id FROM sessions",
        "UPDATE sessions SET cost = 1",
    ]);

    private static readonly StoreTuning s_upgraded = Tuning with { Migrations = [.. Schema.Migrations, s_next] };

    [Fact]
    public async Task A_crash_at_any_statement_of_the_first_schema_leaves_no_store_behind()
    {
        int statements = Schema.Migrations[0].Statements.Count;
        for (int k = 0; k <= statements; k++)
        {
            using StorageFolder folder = new();
            CrashAt(folder, Tuning, 1, k);
            Assert.False(File.Exists(folder.DatabasePath), $"statement {k}");

            await using Database database = folder.Open();
            await new SessionStore(database).AdoptAsync(Opening("call", "stream", folder.Now));
            Assert.False(File.Exists(folder.DatabasePath + ".new"), $"statement {k}");
        }
    }

    [Fact]
    public async Task A_crash_at_any_statement_of_an_upgrade_leaves_the_old_schema_whole()
    {
        for (int k = 0; k <= s_next.Statements.Count; k++)
        {
            using StorageFolder folder = new();
            await Fill(folder);
            using StorageFolder crashed = CrashAt(folder, s_upgraded, s_next.Version, k);

            // The old version of the program opens it, and so does the new one.
            await using (Database old = crashed.Open())
            {
                Assert.Equal(s_next.Version - 1, old.Read(Migrator.Version));
                Assert.Equal(0, old.Read(connection => connection.Sql("SELECT count(*) FROM sqlite_schema WHERE name = 'campaigns'").Number()));
                Assert.Equal(20, (await new SessionStore(old).ListAsync(new SessionFilter())).Count);
            }

            await AssertUpgraded(crashed);
        }
    }

    [Fact]
    public async Task A_crash_after_an_upgrade_leaves_the_new_schema_complete()
    {
        using StorageFolder folder = new();
        await Fill(folder);
        await using Database database = folder.Open(s_upgraded);
        using StorageFolder crashed = folder.CrashCopy();

        await AssertUpgraded(crashed);
        Assert.Contains($"version {s_next.Version}", Assert.Throws<StorageException>(() => crashed.Open()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_migration_that_fails_changes_nothing_and_stops_the_start()
    {
        using StorageFolder folder = new();
        await Fill(folder);
        Migration broken = new(Schema.Migrations.Count + 1, ["CREATE TABLE campaigns (id TEXT) STRICT", "UPDATE missing SET x = 1"]);

        StorageException refused = Assert.Throws<StorageException>(() => folder.Open(Tuning with { Migrations = [.. Schema.Migrations, broken] }));

        Assert.Contains($"cannot be brought to schema version {s_next.Version}", refused.Message, StringComparison.Ordinal);
        Assert.Contains("no such table: missing", refused.Message, StringComparison.Ordinal);
        await using Database database = folder.Open();
        Assert.Equal(Schema.Migrations.Count, database.Read(Migrator.Version));
        Assert.Equal(20, (await new SessionStore(database).ListAsync(new SessionFilter())).Count);
    }

    [Fact]
    public void Migrations_are_numbered_without_a_gap() =>
        Assert.Equal(Enumerable.Range(1, Schema.Migrations.Count), Schema.Migrations.Select(migration => migration.Version));

    private static async Task Fill(StorageFolder folder)
    {
        await using Database database = folder.Open();
        SessionStore store = new(database);
        await Task.WhenAll(Enumerable.Range(0, 20).Select(i => store.CreateAsync(Dialed($"call{i}", folder.Now))));
    }

    // Copies the files at the moment of the crash, as a dead process would leave them, and ends the start there.
    private static StorageFolder CrashAt(StorageFolder folder, StoreTuning tuning, int version, int statement)
    {
        StorageFolder crashed = new();
        void Crash(MigrationStep step)
        {
            if (step.Version == version && step.Statement == statement)
            {
                foreach (string file in Directory.GetFiles(folder.Root))
                {
                    Shell("cp", file, crashed.Root);
                }

                throw new TimeoutException("crash");
            }
        }

        Assert.Throws<TimeoutException>(() => folder.Open(tuning with { OnMigrationStep = Crash }));
        return crashed;
    }

    private static async Task AssertUpgraded(StorageFolder folder)
    {
        await using Database database = folder.Open(s_upgraded);
        Assert.Equal(s_next.Version, database.Read(Migrator.Version));
        Assert.Equal(20, database.Read(connection => connection.Sql("SELECT count(*) FROM sessions WHERE cost = 1").Number()));
        Assert.Equal(1, database.Read(connection => connection.Sql("SELECT count(*) FROM campaigns WHERE id = 'diwali'").Number()));
    }
}
