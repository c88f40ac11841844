using Matrixd.Storage;
using Matrixd.Tests.Support;
using Xunit;
using static Matrixd.Tests.Support.StorageFolder;

namespace Matrixd.Tests.Storage;

/// <summary>T9: files that do not belong together are not opened together.</summary>
public sealed class ForeignLogTests
{
    [Fact]
    public async Task The_log_of_another_store_is_refused_and_both_files_stay_as_they_are()
    {
        using StorageFolder mine = new();
        using StorageFolder other = new();
        await Fill(mine, 30);
        await using Database foreign = other.Open();
        await foreign.WriteAsync(connection => connection.Sql("SELECT 1").Number());
        Shell("cp", other.LogPath, mine.LogPath);
        byte[] file = File.ReadAllBytes(mine.DatabasePath);
        byte[] log = File.ReadAllBytes(mine.LogPath);

        Assert.Contains("log of another database", Refusal(mine), StringComparison.Ordinal);
        Assert.Equal(file, File.ReadAllBytes(mine.DatabasePath));
        Assert.Equal(log, File.ReadAllBytes(mine.LogPath));

        // The advice given works.
        File.Delete(mine.LogPath);
        await using Database healed = mine.Open();
        Assert.Equal(30, healed.Read(connection => connection.Sql("SELECT count(*) FROM sessions").Number()));
    }

    [Fact]
    public async Task The_log_of_another_store_is_known_after_a_checkpoint_too()
    {
        using StorageFolder mine = new();
        using StorageFolder other = new();
        await Fill(mine, 3);
        await using Database foreign = other.Open();
        await foreign.WriteAsync(_ => 0);
        await Checkpoint(foreign);
        await foreign.WriteAsync(_ => 0);
        Shell("cp", other.LogPath, mine.LogPath);

        Assert.Contains("log of another database", Refusal(mine), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_older_log_of_the_same_store_is_refused()
    {
        using StorageFolder mine = new();
        await Fill(mine, 3);
        using StorageFolder past = await CrashAfter(mine, 3, 6);
        await Fill(mine, 3, from: 100);
        Shell("cp", past.LogPath, mine.LogPath);

        Assert.Contains("outdated write-ahead log", Refusal(mine), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backup_put_back_under_the_log_of_its_successor_is_refused()
    {
        using StorageFolder folder = new();
        await Fill(folder, 3);
        Shell("cp", folder.DatabasePath, folder.DatabasePath + ".backup");
        await Fill(folder, 3, from: 10);
        using StorageFolder crashed = await CrashAfter(folder, 20, 23);
        Shell("cp", folder.DatabasePath + ".backup", crashed.DatabasePath);
        Shell("cp", folder.DatabasePath + ".lock", crashed.DatabasePath + ".lock");

        Assert.Contains("older than the write-ahead log", Refusal(crashed), StringComparison.Ordinal);

        // The advice given works.
        File.Delete(crashed.LogPath);
        await using Database healed = crashed.Open();
        Assert.Equal(3, healed.Read(connection => connection.Sql("SELECT count(*) FROM sessions").Number()));
    }

    [Fact]
    public async Task A_log_without_its_database_is_refused()
    {
        using StorageFolder folder = new();
        using StorageFolder crashed = await CrashAfter(folder, 0, 3);
        File.Delete(crashed.DatabasePath);

        Assert.Contains("is missing", Refusal(crashed), StringComparison.Ordinal);
        Assert.False(File.Exists(crashed.DatabasePath));
    }

    [Fact]
    public async Task A_store_that_went_away_is_missed()
    {
        using StorageFolder folder = new();
        await Fill(folder, 1);
        File.Delete(folder.DatabasePath);

        Assert.Contains("is missing, yet it was here", Refusal(folder), StringComparison.Ordinal);
        Assert.Contains("is missing, yet it was here", Refusal(folder), StringComparison.Ordinal);

        // The advice given works.
        File.Delete(folder.DatabasePath + ".lock");
        await Fill(folder, 1);
    }

    // On the writer thread, between two transactions of its own.
    private static async Task Checkpoint(Database database) =>
        await database.WriteAsync(connection =>
        {
            connection.Execute("RELEASE item; COMMIT; PRAGMA wal_checkpoint(TRUNCATE); BEGIN IMMEDIATE; UPDATE store_meta SET commits = commits + 1; SAVEPOINT item");
            return 0;
        });
}
