using Matrixd.Calls;
using Matrixd.Storage;
using Matrixd.Tests.Support;
using Microsoft.Data.Sqlite;
using Xunit;
using static Matrixd.Tests.Support.StorageFolder;

namespace Matrixd.Tests.Storage;

public sealed class RestartTests
{
    // I1
    [Fact]
    public async Task After_a_crash_no_row_is_live_and_ended_ones_stay_as_they_were()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore store = new(database);
        CallLog log = new(database);
        await store.AdoptAsync(Opening("talked", "stream1", folder.Now));
        await store.AdoptAsync(Opening("silent", "stream2", folder.Now));
        await store.AdoptAsync(Opening("ended", "stream3", folder.Now));
        log.Turn(Turn("talked", "stream1", 7));
        log.ToolCall(new ToolCallRecord(CallSid.Parse("talked"), StreamSid.Parse("stream1"), "f1", "lookup", "{}", "ok", "{}", 9000, 500));
        await store.EndAsync(Ending("ended", "stream3", folder.Now.AddSeconds(1)));
        using StorageFolder crashed = folder.CrashCopy();
        crashed.Time.Advance(TimeSpan.FromHours(6));

        await using Database after = crashed.Open();

        SessionStore rows = new(after);
        Assert.Equal(new RestartReport(Crashed: 2, NeverConnected: 0), after.Restart);
        Assert.Empty(await rows.ListAsync(new SessionFilter(SessionState.Live)));
        Session talked = (await rows.FindAsync(CallSid.Parse("talked")))!;
        Assert.Equal((SessionState.Ended, CallEndReason.Crashed), (talked.State, talked.EndReason));

        // The last thing known of each: its tool call's end, and its start.
        Assert.Equal(folder.Now.AddMilliseconds(9500), talked.EndedAt);
        Assert.Equal(folder.Now, (await rows.FindAsync(CallSid.Parse("silent")))!.EndedAt);
        Assert.Equal(await store.FindAsync(CallSid.Parse("ended")), await rows.FindAsync(CallSid.Parse("ended")));
        Assert.Equal(0, after.Read(connection => connection.Sql("SELECT count(*) FROM streams WHERE ended_at IS NULL").Number()));
        Assert.Equal(2, after.Read(connection => connection.Sql("SELECT count(*) FROM streams WHERE end_reason = 'crashed'").Number()));
    }

    [Fact]
    public async Task A_crashed_call_can_be_adopted_by_a_new_stream()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        await new SessionStore(database).AdoptAsync(Opening("call", "stream1", folder.Now));
        using StorageFolder crashed = folder.CrashCopy();
        await using Database after = crashed.Open();
        SessionStore store = new(after);

        Assert.Null((await store.AdoptAsync(Opening("call", "stream1", folder.Now))).Session);
        Session session = (await store.AdoptAsync(Opening("call", "stream2", folder.Now))).Session!;

        Assert.Equal((SessionState.Live, CallEndReason.None, (DateTimeOffset?)null), (session.State, session.EndReason, session.EndedAt));
    }

    [Fact]
    public async Task Calls_that_no_stream_came_for_are_given_up_after_two_hours()
    {
        using StorageFolder folder = new();
        SessionState[] states = [SessionState.Intent, SessionState.Dialing, SessionState.Warm];
        await using (Database database = folder.Open())
        {
            SessionStore store = new(database);
            foreach (SessionState state in states)
            {
                await store.CreateAsync(Dialed($"old-{state}", folder.Now.AddMinutes(-121)) with { State = state });
                await store.CreateAsync(Dialed($"young-{state}", folder.Now.AddMinutes(-119)) with { State = state });
            }
        }

        await using Database after = folder.Open();

        SessionStore rows = new(after);
        Assert.Equal(new RestartReport(Crashed: 0, NeverConnected: 3), after.Restart);
        foreach (SessionState state in states)
        {
            Session old = (await rows.FindAsync(CallSid.Parse($"old-{state}")))!;
            Assert.Equal((SessionState.Ended, CallEndReason.NeverConnected, folder.Now), (old.State, old.EndReason, old.EndedAt!.Value));
            Assert.Equal(state, (await rows.FindAsync(CallSid.Parse($"young-{state}")))!.State);
        }
    }

    [Fact]
    public async Task A_log_without_its_index_file_loses_nothing()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore store = new(database);
        for (int i = 0; i < 100; i++)
        {
            await store.AdoptAsync(Opening($"call{i}", $"stream{i}", folder.Now));
        }

        using StorageFolder crashed = folder.CrashCopy();
        Assert.False(File.Exists(crashed.DatabasePath + "-shm"));
        await using Database after = crashed.Open();

        Assert.Equal(100, after.Restart.Crashed);
        Assert.Equal(100, (await new SessionStore(after).ListAsync(new SessionFilter())).Count);
    }

    [Fact]
    public async Task Somebody_who_reads_does_not_keep_the_daemon_from_starting()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        await new SessionStore(database).AdoptAsync(Opening("call", "stream", folder.Now));
        using StorageFolder crashed = folder.CrashCopy();
        using SqliteConnection shell = new($"Data Source={crashed.DatabasePath};Pooling=False");
        shell.Open();
        using SqliteCommand select = shell.CreateCommand();
        select.CommandText = "BEGIN; SELECT count(*) FROM sessions";
        Assert.Equal(1L, select.ExecuteScalar());

        await using Database after = crashed.Open();

        Assert.Equal(1, after.Restart.Crashed);
        Assert.Equal(SessionState.Ended, (await new SessionStore(after).FindAsync(CallSid.Parse("call")))!.State);
    }

    [Fact]
    public async Task A_command_reads_beside_the_daemon_and_after_it_and_cannot_write()
    {
        using StorageFolder folder = new();
        Assert.Throws<StorageException>(() => Database.OpenForReading(folder.DatabasePath, new StorageLog()));
        await using (Database database = folder.Open())
        {
            await new SessionStore(database).AdoptAsync(Opening("call", "stream", folder.Now));
            await using Database reader = Database.OpenForReading(folder.DatabasePath, new StorageLog());
            Assert.Equal(SessionState.Live, (await new SessionStore(reader).FindAsync(CallSid.Parse("call")))!.State);
            Assert.Throws<StorageException>(() => { _ = new SessionStore(reader).AdoptAsync(Opening("call", "stream2", folder.Now)); });
        }

        await using (Database reader = Database.OpenForReading(folder.DatabasePath, new StorageLog()))
        {
            Assert.Equal(SessionState.Live, (await new SessionStore(reader).FindAsync(CallSid.Parse("call")))!.State);
        }
    }
}
