using Matrixd.Storage;
using Matrixd.Tests.Support;
using Xunit;
using static Matrixd.Tests.Support.StorageFolder;

namespace Matrixd.Tests.Storage;

public sealed class GroupCommitTests
{
    private const string Note = "INSERT INTO warm_sessions (token_hash, call_sid, expires_at) VALUES ($hash, 'call', 9999999999999)";
    private const string Notes = "SELECT count(*) FROM warm_sessions";

    [Fact]
    public async Task What_waits_behind_a_commit_shares_the_next_one_in_order()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        List<int> ran = [];
        using ManualResetEventSlim gate = new();
        Task<int> first = Hold(database, gate);
        Task<int>[] writes = [.. Enumerable.Range(0, 300).Select(i => database.WriteAsync(connection =>
        {
            ran.Add(i);
            return connection.Sql(Note).Set("$hash", $"{i}").Run();
        }))];

        Assert.Equal(300, database.Counters.QueueDepth);
        gate.Set();
        await Task.WhenAll(writes).WaitAsync(Patience);
        await first;

        // The held one, 256 that were waiting, and the rest.
        Assert.Equal((3, 301, 0), (database.Counters.Commits, database.Counters.Rows, database.Counters.QueueDepth));
        Assert.Equal(Enumerable.Range(0, 300), ran);
        Assert.Equal(300, database.Read(connection => connection.Sql(Notes).Number()));
        Assert.InRange(database.Counters.LongestCommitMicroseconds, 0, database.Counters.CommitMicroseconds);
    }

    // I2
    [Fact]
    public async Task A_write_is_acknowledged_after_its_commit_and_not_before()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        using ManualResetEventSlim gate = new();
        Task<int> held = Hold(database, gate);
        bool early = false;
        long seen = -1;
        Task<int> first = database.WriteAsync(connection => connection.Sql(Note).Set("$hash", "a").Run());
        Task<int> second = database.WriteAsync(connection =>
        {
            early = first.IsCompleted;
            seen = database.Read(reader => reader.Sql(Notes).Number());
            return connection.Sql(Note).Set("$hash", "b").Run();
        });

        gate.Set();
        await first;

        Assert.Equal(2, database.Read(connection => connection.Sql(Notes).Number()));
        await Task.WhenAll(held, second);
        Assert.Equal((false, 0L), (early, seen));
    }

    [Fact]
    public async Task One_broken_write_does_not_harm_its_neighbours()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        using ManualResetEventSlim gate = new();
        Task<int> held = Hold(database, gate);
        Task<int> before = database.WriteAsync(connection => connection.Sql(Note).Set("$hash", "a").Run());
        Task<int> duplicate = database.WriteAsync(connection =>
        {
            connection.Sql(Note).Set("$hash", "undone").Run();
            return connection.Sql(Note).Set("$hash", "a").Run();
        });
        Task<int> thrown = database.WriteAsync<int>(connection =>
        {
            connection.Sql(Note).Set("$hash", "undone").Run();
            throw new InvalidOperationException("not today");
        });
        Task<int> after = database.WriteAsync(connection => connection.Sql(Note).Set("$hash", "b").Run());

        gate.Set();

        await Task.WhenAll(held, before, after).WaitAsync(Patience);
        StorageException constraint = await Assert.ThrowsAsync<StorageException>(() => duplicate);
        StorageException reason = await Assert.ThrowsAsync<StorageException>(() => thrown);
        Assert.Contains("UNIQUE", constraint.Message, StringComparison.Ordinal);
        Assert.Contains("not today", reason.Message, StringComparison.Ordinal);
        Assert.Equal((2, 3, 2), (database.Counters.Commits, database.Counters.Rows, database.Counters.FailedRows));
        Assert.Equal(2, database.Read(connection => connection.Sql(Notes).Number()));
    }

    // I7
    [Fact]
    public async Task A_full_queue_refuses_awaited_writes_and_drops_log_rows_and_counts_both()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open(Tuning with { DurableQueueItems = 3, LogQueueRows = 5 });
        using ManualResetEventSlim gate = new();
        Task<int> held = Hold(database, gate);
        Task<int>[] writes = [.. Enumerable.Range(0, 4).Select(i => database.WriteAsync(connection => connection.Sql(Note).Set("$hash", $"w{i}").Run()))];
        for (int i = 0; i < 8; i++)
        {
            database.Log($"l{i}", (connection, hash) => connection.Sql(Note).Set("$hash", hash).Run(), 2);
        }

        StorageException full = await Assert.ThrowsAsync<StorageException>(() => writes[3]);
        Assert.Contains("3 writes behind", full.Message, StringComparison.Ordinal);
        Assert.Equal((3, 1, 8), (database.Counters.DroppedRows, database.Counters.FailedRows, database.Counters.QueueDepth));
        gate.Set();
        await Task.WhenAll(held, writes[0], writes[1], writes[2]);
        await Until(() => database.Counters.Rows == 9);
        Assert.Equal(8, database.Read(connection => connection.Sql(Notes).Number()));
    }

    // I7
    [Fact]
    public async Task Long_texts_fill_the_queue_by_their_size()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open(Tuning with { LogQueueBytes = 10_000 });
        using ManualResetEventSlim gate = new();
        Task<int> held = Hold(database, gate);
        for (int i = 0; i < 3; i++)
        {
            database.Log($"l{i}", (connection, hash) => connection.Sql(Note).Set("$hash", hash).Run(), characters: 2_000);
        }

        Assert.Equal((1, 2), (database.Counters.DroppedRows, database.Counters.QueueDepth));
        gate.Set();
        await held;
        await Until(() => database.Counters.Rows == 3);
        database.Log("again", (connection, hash) => connection.Sql(Note).Set("$hash", hash).Run(), characters: 2_000);
        await Until(() => database.Counters.Rows == 4);
        Assert.Equal(1, database.Counters.DroppedRows);
    }

    [Fact]
    public async Task Closing_writes_what_is_queued_and_refuses_what_comes_after()
    {
        using StorageFolder folder = new();
        Database database = folder.Open(Tuning with { LogLinger = TimeSpan.FromHours(1) });
        using ManualResetEventSlim gate = new();
        Task<int> held = Hold(database, gate);
        Task<int> write = database.WriteAsync(connection => connection.Sql(Note).Set("$hash", "a").Run());
        database.Log("b", (connection, hash) => connection.Sql(Note).Set("$hash", hash).Run(), 1);
        ValueTask closing = database.DisposeAsync();
        gate.Set();
        await closing;
        await Task.WhenAll(held, write);

        Assert.False(File.Exists(folder.LogPath));
        Assert.Contains("closing", (await Assert.ThrowsAsync<StorageException>(() => database.WriteAsync(_ => 0))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<StorageException>(() => database.ReadAsync(_ => 0));
        await database.DisposeAsync();
        await using Database again = folder.Open();
        Assert.Equal(2, again.Read(connection => connection.Sql(Notes).Number()));
    }

    [Fact]
    public async Task Writes_from_many_threads_all_arrive()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        await Task.WhenAll(Enumerable.Range(0, 16).Select(thread => Task.Run(async () =>
        {
            for (int i = 0; i < 50; i++)
            {
                string hash = $"{thread}-{i}";
                await database.WriteAsync(connection => connection.Sql(Note).Set("$hash", hash).Run());
            }
        }))).WaitAsync(Patience);

        Assert.Equal(800, await database.ReadAsync(connection => connection.Sql(Notes).Number()));
        Assert.Equal((800, 0), (database.Counters.Rows, database.Counters.FailedRows));
    }
}
