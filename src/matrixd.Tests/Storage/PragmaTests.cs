using Matrixd.Storage;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Storage;

/// <summary>T14: what the connections are, as SQLite says it back.</summary>
public sealed class PragmaTests
{
    [Theory]
    [InlineData("journal_mode", "wal")]
    [InlineData("synchronous", "2")]
    [InlineData("foreign_keys", "1")]
    [InlineData("trusted_schema", "0")]
    [InlineData("cell_size_check", "1")]
    [InlineData("secure_delete", "2")]
    [InlineData("journal_size_limit", "67108864")]
    [InlineData("wal_autocheckpoint", "1000")]
    [InlineData("temp_store", "2")]
    [InlineData("mmap_size", "0")]
    [InlineData("busy_timeout", "5000")]
    [InlineData("query_only", "0")]
    public async Task The_writer_has(string pragma, string value)
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open(new StoreTuning());
        Assert.Equal(value, await database.WriteAsync(connection => connection.Ask($"PRAGMA {pragma}")));
    }

    [Theory]
    [InlineData("journal_mode", "wal")]
    [InlineData("query_only", "1")]
    [InlineData("wal_autocheckpoint", "0")]
    [InlineData("trusted_schema", "0")]
    [InlineData("cell_size_check", "1")]
    [InlineData("temp_store", "2")]
    [InlineData("mmap_size", "0")]
    [InlineData("busy_timeout", "5000")]
    public async Task A_reader_has(string pragma, string value)
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open(new StoreTuning());
        Assert.Equal(value, await database.ReadAsync(connection => connection.Ask($"PRAGMA {pragma}")));
    }

    // F1: one connection writes and checkpoints; the others cannot.
    [Theory]
    [InlineData("DELETE FROM sessions")]
    [InlineData("PRAGMA query_only = 0; DELETE FROM sessions")]
    [InlineData("PRAGMA wal_checkpoint(TRUNCATE); DELETE FROM sessions")]
    public async Task A_reader_cannot_write(string sql)
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        await database.WriteAsync(_ => 0);
        long log = new FileInfo(folder.LogPath).Length;

        await Assert.ThrowsAsync<StorageException>(() => database.ReadAsync(connection =>
        {
            connection.Execute(sql);
            return 0;
        }));

        Assert.Equal(log, new FileInfo(folder.LogPath).Length);
    }

    [Fact]
    public async Task All_writes_come_from_one_thread()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        string?[] threads = await Task.WhenAll(Enumerable.Range(0, 50).Select(_ => Task.Run(() => database.WriteAsync(_ => Thread.CurrentThread.Name))));
        Assert.All(threads, name => Assert.Equal("store writer", name));
    }

    [Fact]
    public async Task Reads_do_not_run_on_the_thread_that_asks()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        Thread? reader = null;
        Thread asker = new(() => database.ReadAsync(_ => reader = Thread.CurrentThread).Wait(StorageFolder.Patience));
        asker.Start();
        asker.Join();
        Assert.NotNull(reader);
        Assert.NotSame(asker, reader);
        Assert.True(reader!.IsThreadPoolThread);
    }

    [Fact]
    public void The_linked_library_is_new_enough_and_threadsafe()
    {
        SqliteRelease release = SqliteRelease.Linked();
        Assert.True(release.Version >= SqliteRelease.Oldest, $"{release.Version}");
        Assert.True(SqliteRelease.IsThreadSafe());
    }

    [Theory]
    [InlineData("3.6.23", false)]
    [InlineData("3.7.0", true)]
    [InlineData("3.40.1", true)]
    [InlineData("3.50.4", true)]
    [InlineData("3.51.2", true)]
    [InlineData("3.51.3", false)]
    [InlineData("3.54.1", false)]
    public void The_release_is_judged(string version, bool affected) =>
        Assert.Equal(affected, new SqliteRelease(Version.Parse(version)).InWalResetBugRange);
}
