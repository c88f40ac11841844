using Matrixd.Calls;
using Matrixd.Storage;
using Matrixd.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;
using static Matrixd.Tests.Support.StorageFolder;

namespace Matrixd.Tests.Storage;

public sealed class OutageTests
{
    // T7
    [Fact]
    public async Task A_database_locked_by_an_operator_delays_writes_and_loses_none()
    {
        using StorageFolder folder = new();
        StorageLog lines = new();
        await using Database database = folder.Open(logger: lines);
        SessionStore store = new(database);
        CallLog log = new(database);
        await store.AdoptAsync(Opening("call", "stream", folder.Now));
        Task<Adoption>[] waiting;
        using (Operator shell = new(folder.DatabasePath))
        {
            log.Turn(Turn("call", "stream", 1));
            waiting = [.. Enumerable.Range(0, 50).Select(i => store.AdoptAsync(Opening($"call{i}", $"stream{i}", folder.Now)))];
            await Until(() => database.Counters.Retries >= 3);
            Assert.DoesNotContain(waiting, task => task.IsCompleted);
            Assert.Equal(SessionState.Live, (await store.FindAsync(CallSid.Parse("call")))!.State);
        }

        Adoption[] adoptions = await Task.WhenAll(waiting).WaitAsync(Patience);

        Assert.All(adoptions, adoption => Assert.True(adoption.Created));
        Assert.Single(await log.TurnsAsync(CallSid.Parse("call")));
        Assert.Equal((0, 0), (database.Counters.DroppedRows, database.Counters.FailedRows));
        Assert.Single(lines.Lines, line => line.StartsWith("Error 1520", StringComparison.Ordinal));
        await Until(() => lines.Lines.Any(line => line.StartsWith("Information 1521", StringComparison.Ordinal))); // told after the writes it speaks of
        Assert.Single(lines.Lines, line => line.StartsWith("Information 1521", StringComparison.Ordinal));
    }

    [Fact]
    public async Task An_awaited_write_fails_when_its_patience_is_over_and_log_rows_wait_on()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore store = new(database);
        await store.AdoptAsync(Opening("call", "stream", folder.Now));
        using (Operator shell = new(folder.DatabasePath))
        {
            Task<Adoption> write = store.AdoptAsync(Opening("call2", "stream2", folder.Now));
            new CallLog(database).Turn(Turn("call", "stream", 1));
            await Until(() => database.Counters.Retries >= 2);
            folder.Time.Advance(new StoreTuning().DurablePatience);
            StorageException refused = await Assert.ThrowsAsync<StorageException>(() => write.WaitAsync(Patience));
            Assert.Contains("locked", refused.Message, StringComparison.Ordinal);
        }

        await Until(() => database.Counters.Rows == 2);
        Assert.Equal((1, 0), (database.Counters.FailedRows, database.Counters.DroppedRows));
        Assert.Null(await store.FindAsync(CallSid.Parse("call2")));
    }

    // I1: a call that ended while the disk was away does not stay live.
    [Fact]
    public async Task The_end_of_a_call_is_written_even_after_its_patience()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore store = new(database);
        await store.AdoptAsync(Opening("call", "stream", folder.Now));
        using (Operator shell = new(folder.DatabasePath))
        {
            Task<bool> end = store.EndAsync(Ending("call", "stream", folder.Now));
            await Until(() => database.Counters.Retries >= 1);
            folder.Time.Advance(new StoreTuning().DurablePatience);
            StorageException late = await Assert.ThrowsAsync<StorageException>(() => end.WaitAsync(Patience));
            Assert.Contains("not made yet", late.Message, StringComparison.Ordinal);
        }

        await Until(async () => (await store.FindAsync(CallSid.Parse("call")))!.State == SessionState.Ended);
        Assert.Equal(0, database.Counters.FailedRows);
    }

    // T5
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task After_an_input_output_error_a_transaction_is_made_once_whether_or_not_it_had_reached_the_file(bool reached)
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        await database.WriteAsync(connection => connection.Sql("CREATE TABLE notes (note TEXT)").Run());
        long before = database.Counters.Commits;
        int ran = 0;
        using ManualResetEventSlim gate = new();
        Task<int> held = Hold(database, gate);
        Task<int> first = database.WriteAsync(connection => connection.Sql("INSERT INTO notes (note) VALUES ('a')").Run());
        Task<int> second = database.WriteAsync(connection =>
        {
            if (ran++ == 0)
            {
                connection.Execute(reached ? "RELEASE item; COMMIT" : "SELECT 1");
                throw new SqliteException("disk I/O error", 10);
            }

            return 1;
        });
        gate.Set();

        await held;
        Assert.Equal(1, await first.WaitAsync(Patience));
        await second.WaitAsync(Patience);
        Assert.Equal(reached ? 1 : 2, ran);
        Assert.Equal((1L, 1L), (database.Read(connection => connection.Sql("SELECT count(*) FROM notes").Number()), database.Counters.Retries));
        Assert.Equal(before + 2, database.Counters.Commits);
        await database.WriteAsync(connection => connection.Sql("INSERT INTO notes (note) VALUES ('b')").Run());
    }

    [Fact]
    public async Task A_full_disk_fails_what_cannot_wait_and_heals()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore store = new(database);
        long pages = await database.WriteAsync(connection => connection.Sql("PRAGMA page_count").Number());
        await database.WriteAsync(connection => connection.Ask($"PRAGMA max_page_count = {pages}"));

        Task<Session> large = store.CreateAsync(Dialed("call", folder.Now) with { Objective = new string('x', 1_000_000) });
        await Until(() => database.Counters.Retries >= 2);
        folder.Time.Advance(new StoreTuning().DurablePatience);

        Assert.Contains("full", (await Assert.ThrowsAsync<StorageException>(() => large.WaitAsync(Patience))).Message, StringComparison.Ordinal);
        await database.WriteAsync(connection => connection.Ask("PRAGMA max_page_count = 1000000")).WaitAsync(Patience);
        await store.CreateAsync(Dialed("call", folder.Now) with { Objective = new string('x', 1_000_000) }).WaitAsync(Patience);
    }

    // T3
    [Fact]
    public async Task A_full_disk_gets_the_reserve_and_it_is_taken_again_later()
    {
        using StorageFolder folder = new();
        StorageLog lines = new();
        string reserve = folder.DatabasePath + ".reserve";
        await using Database database = folder.Open(logger: lines);
        Assert.Equal(Tuning.ReserveBytes, new FileInfo(reserve).Length);
        int tries = 0;

        await database.WriteAsync(_ => tries++ < 2 ? throw new SqliteException("database or disk is full", 13) : tries).WaitAsync(Patience);

        Assert.False(File.Exists(reserve));
        Assert.Single(lines.Lines, line => line.StartsWith("Error 1524", StringComparison.Ordinal));
        await database.WriteAsync(_ => 0);
        Assert.False(File.Exists(reserve));
        folder.Time.Advance(TimeSpan.FromMinutes(1));
        await database.WriteAsync(_ => 0);
        await Until(() => new FileInfo(reserve) is { Exists: true } file && file.Length == Tuning.ReserveBytes);
    }

    [Fact]
    public async Task Closing_a_locked_store_ends_and_says_what_was_lost()
    {
        using StorageFolder folder = new();
        StorageLog lines = new();
        Database database = folder.Open(Tuning with { ClosePatience = TimeSpan.Zero }, lines);
        SessionStore store = new(database);
        await store.AdoptAsync(Opening("call", "stream", folder.Now));
        using (Operator shell = new(folder.DatabasePath))
        {
            Task<Adoption> write = store.AdoptAsync(Opening("call2", "stream2", folder.Now));
            await database.DisposeAsync().AsTask().WaitAsync(Patience);
            await Assert.ThrowsAsync<StorageException>(() => write);
        }

        Assert.Contains(lines.Lines, line => line.StartsWith("Warning 1510", StringComparison.Ordinal));
        await using Database again = folder.Open();
        Assert.Equal(1, again.Restart.Crashed);
    }

    /// <summary>An sqlite3 shell left open in a transaction.</summary>
    private sealed class Operator : IDisposable
    {
        private readonly SqliteConnection _shell;

        public Operator(string path)
        {
            _shell = new SqliteConnection($"Data Source={path};Pooling=False");
            _shell.Open();
            Run("BEGIN EXCLUSIVE");
        }

        public void Dispose()
        {
            Run("ROLLBACK");
            _shell.Dispose();
        }

        private void Run(string sql)
        {
            using SqliteCommand command = _shell.CreateCommand();
            command.CommandText = sql;
            command.ExecuteNonQuery();
        }
    }
}
