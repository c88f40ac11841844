using Matrixd.Calls;
using Matrixd.Storage;
using Matrixd.Tests.Support;
using Xunit;
using static Matrixd.Tests.Support.StorageFolder;

namespace Matrixd.Tests.Storage;

public sealed class CallLogTests
{
    private static readonly CallSid s_call = CallSid.Parse("call");

    [Fact]
    public async Task Turns_come_back_stream_by_stream_in_their_order()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore sessions = new(database);
        CallLog log = new(database);
        TurnRecord caller = new(s_call, StreamSid.Parse("z-first"), 1, Speaker.Caller, "मुझे दाम बताइए", "मुझे दाम बताइए", 0, 1800, false, -1);
        TurnRecord model = new(s_call, StreamSid.Parse("z-first"), 2, Speaker.Model, "It costs four hundred.", "It costs", 2300, 3100, true, 510);
        TurnRecord later = Turn("call", "a-second", 1);
        await sessions.AdoptAsync(Opening("call", "z-first", folder.Now));
        await sessions.AdoptAsync(Opening("call", "a-second", folder.Now.AddSeconds(60)));

        log.Turn(model);
        log.Turn(later);
        log.Turn(caller);
        await sessions.EndAsync(Ending("call", "a-second", folder.Now));

        Assert.Equal([caller, model, later], await log.TurnsAsync(s_call));
        Assert.Empty(await log.TurnsAsync(CallSid.Parse("other")));
    }

    [Fact]
    public async Task A_turn_written_again_replaces_the_first()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore sessions = new(database);
        CallLog log = new(database);
        await sessions.AdoptAsync(Opening("call", "stream", folder.Now));

        log.Turn(Turn("call", "stream", 1));
        TurnRecord cut = Turn("call", "stream", 1) with { Heard = "Nama", Interrupted = true };
        log.Turn(cut);
        await sessions.EndAsync(Ending("call", "stream", folder.Now));

        Assert.Equal([cut], await log.TurnsAsync(s_call));
    }

    [Fact]
    public async Task A_row_costs_the_writer_no_heap()
    {
        const int Rows = 50;
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore sessions = new(database);
        CallLog log = new(database);
        await sessions.AdoptAsync(Opening("call", "stream", folder.Now));
        List<long> allocated = [];
        for (int window = 0; window < 12; window++)
        {
            long before = await database.WriteAsync(_ => GC.GetAllocatedBytesForCurrentThread());
            for (int row = 0; row < Rows; row++)
            {
                log.Turn(Turn("call", "stream", (window * Rows) + row, said: "मुझे दाम बताइए, and no discounts"));
            }

            allocated.Add(await database.WriteAsync(_ => GC.GetAllocatedBytesForCurrentThread()) - before);
        }

        // Between the two are also the commits and the end of an awaited write; a row that costs something costs it fifty times in each window.
        Assert.True(allocated.Min() < Rows * 24, $"bytes of the writer for {Rows} rows: {string.Join(", ", allocated)}");
        Assert.Equal(12 * Rows, (await log.TurnsAsync(s_call)).Count);
    }

    [Fact]
    public async Task What_happened_to_the_models_connection_comes_back_in_its_order_with_every_word_there_is()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore sessions = new(database);
        CallLog log = new(database);
        await sessions.AdoptAsync(Opening("call", "stream", folder.Now));
        ModelEventRecord[] events = [.. Enum.GetValues<ModelEventKind>().Select((kind, i) => new ModelEventRecord(s_call, StreamSid.Parse("stream"), 100 * i, kind, $"detail {i}"))];

        foreach (ModelEventRecord happened in events)
        {
            log.ModelEvent(happened);
        }

        await sessions.EndAsync(Ending("call", "stream", folder.Now));

        Assert.Equal(events, await log.ModelEventsAsync(s_call));
        Assert.Equal(ModelEventKinds.All.Length, events.Length);
        Assert.Equal(events.Length, events.Select(happened => happened.Kind.Word()).Distinct().Count());
    }

    [Fact]
    public async Task A_handle_is_in_the_row_while_the_call_lives_unless_a_newer_stream_owns_it()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore sessions = new(database);
        CallLog log = new(database);
        await sessions.AdoptAsync(Opening("call", "first", folder.Now));
        log.ModelHandle(s_call, StreamSid.Parse("first"), "handle-1");
        log.ModelHandle(s_call, StreamSid.Parse("first"), "handle-2");
        await sessions.AdoptAsync(Opening("call", "second", folder.Now)); // durable: what was logged before it is on disk with it
        Assert.Equal("handle-2", (await sessions.FindAsync(s_call))!.GeminiHandle);

        log.ModelHandle(s_call, StreamSid.Parse("first"), "handle-3");
        await sessions.EndAsync(Ending("call", "first", folder.Now));
        Assert.Equal("handle-2", (await sessions.FindAsync(s_call))!.GeminiHandle);
    }

    [Fact]
    public async Task Tool_calls_come_back_in_their_order()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open();
        SessionStore sessions = new(database);
        CallLog log = new(database);
        await sessions.AdoptAsync(Opening("call", "stream", folder.Now));
        ToolCallRecord[] calls = [.. new[] { "ok", "error", "timeout", "cancelled", "unknown_tool", "bad_arguments" }.Select((outcome, i) =>
            new ToolCallRecord(s_call, StreamSid.Parse("stream"), $"f{9 - i}", "lookup_order", """{"order_id":"17"}""", outcome, i == 0 ? "{}" : "", i * 10, 250))];

        Array.ForEach(calls, log.ToolCall);
        await sessions.EndAsync(Ending("call", "stream", folder.Now));

        Assert.Equal(calls, await log.ToolCallsAsync(s_call));
    }

    // I2: what was logged before the end of a call is on disk once that end is.
    [Fact]
    public async Task The_end_of_a_call_takes_its_turns_along()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open(Tuning with { LogLinger = TimeSpan.FromHours(1) });
        SessionStore sessions = new(database);
        CallLog log = new(database);
        await sessions.AdoptAsync(Opening("call", "stream", folder.Now));
        for (int i = 1; i <= 700; i++)
        {
            log.Turn(Turn("call", "stream", i));
        }

        await sessions.EndAsync(Ending("call", "stream", folder.Now));

        Assert.Equal(Enumerable.Range(1, 700), (await log.TurnsAsync(s_call)).Select(turn => turn.Number));
    }

    [Fact]
    public async Task A_turn_alone_waits_for_company_and_then_is_written()
    {
        using StorageFolder folder = new();
        await using Database database = folder.Open(Tuning with { LogLinger = TimeSpan.FromMilliseconds(20) });
        CallLog log = new(database);
        await new SessionStore(database).AdoptAsync(Opening("call", "stream", folder.Now));

        log.Turn(Turn("call", "stream", 1));
        for (int i = 0; i < 50; i++)
        {
            Assert.Empty(await log.TurnsAsync(s_call));
        }


        folder.Time.Advance(TimeSpan.FromMilliseconds(20));
        await Until(async () => (await log.TurnsAsync(s_call)).Count == 1);
    }

    // A turn that never came is worse than an early one: the promise is one second.
    [Fact]
    public void A_turn_waits_for_no_more_than_half_of_the_promised_second() => Assert.True(new StoreTuning().LogLinger <= TimeSpan.FromMilliseconds(500));

    [Fact]
    public async Task A_turn_of_an_unknown_call_is_counted_and_harms_nobody()
    {
        using StorageFolder folder = new();
        StorageLog lines = new();
        await using Database database = folder.Open(logger: lines);
        CallLog log = new(database);
        log.Turn(Turn("nobody", "stream", 1));
        await new SessionStore(database).AdoptAsync(Opening("call", "stream", folder.Now));

        Assert.Equal(1, database.Counters.DroppedRows);
        Assert.Contains(lines.Lines, line => line.StartsWith("Error 1523", StringComparison.Ordinal));
    }
}
