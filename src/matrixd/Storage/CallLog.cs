using Matrixd.Calls;

namespace Matrixd.Storage;

/// <summary>Turns, tool calls and what happens to the model's connection, in SQLite.</summary>
/// <remarks>Any thread. Rows keep their place in the one queue: once the end of a call is on disk, so is all that was logged before it.</remarks>
internal sealed class CallLog(Database database) : ICallLog
{
    // A turn written again under its number replaces the first: what was heard of it can become known late.
    private const string AddTurn = """
        INSERT INTO turns (stream_sid, number, call_sid, speaker, said, heard, start_ms, end_ms, interrupted, response_ms)
        VALUES ($stream_sid, $number, $call_sid, $speaker, $said, $heard, $start_ms, $end_ms, $interrupted, nullif($response_ms, -1))
        ON CONFLICT (stream_sid, number) DO UPDATE SET
            speaker = excluded.speaker, said = excluded.said, heard = excluded.heard, start_ms = excluded.start_ms, end_ms = excluded.end_ms,
            interrupted = excluded.interrupted, response_ms = excluded.response_ms
        """;

    private const string AddToolCall = """
        INSERT INTO tool_calls (call_sid, stream_sid, tool_call_id, name, arguments, outcome, response, start_ms, duration_ms)
        VALUES ($call_sid, $stream_sid, $tool_call_id, $name, $arguments, $outcome, $response, $start_ms, $duration_ms)
        """;

    private const string AddModelEvent = """
        INSERT INTO model_events (call_sid, stream_sid, at_ms, kind, detail) VALUES ($call_sid, $stream_sid, $at_ms, $kind, $detail)
        """;

    // A late one must not overwrite what a newer stream of the call has written.
    private const string SetHandle = "UPDATE sessions SET gemini_handle = $handle WHERE call_sid = $call_sid AND stream_sid = $stream_sid";

    private const string TurnsOf = """
        SELECT turns.stream_sid, number, speaker, said, heard, start_ms, end_ms, interrupted, coalesce(response_ms, -1)
        FROM turns LEFT JOIN streams ON streams.stream_sid = turns.stream_sid
        WHERE turns.call_sid = $call_sid
        ORDER BY streams.started_at, streams.rowid, number
        """;

    private const string ToolCallsOf = """
        SELECT stream_sid, tool_call_id, name, arguments, outcome, response, start_ms, duration_ms
        FROM tool_calls WHERE call_sid = $call_sid ORDER BY id
        """;

    private const string ModelEventsOf = "SELECT stream_sid, at_ms, kind, detail FROM model_events WHERE call_sid = $call_sid ORDER BY id";

    public void Turn(TurnRecord turn) => database.Log(turn, WriteTurn, turn.Said.Length + turn.Heard.Length);

    public void ToolCall(ToolCallRecord call) => database.Log(call, WriteToolCall, call.Arguments.Length + call.Response.Length);

    public void ModelEvent(ModelEventRecord happened) => database.Log(happened, WriteModelEvent, happened.Detail.Length);

    public void ModelHandle(CallSid callSid, StreamSid streamSid, string handle) => database.Log((callSid, streamSid, handle), WriteHandle, handle.Length);

    public Task<IReadOnlyList<TurnRecord>> TurnsAsync(CallSid callSid) => database.ReadAsync<IReadOnlyList<TurnRecord>>(connection => ReadTurns(connection, callSid));

    public Task<IReadOnlyList<ToolCallRecord>> ToolCallsAsync(CallSid callSid) => database.ReadAsync<IReadOnlyList<ToolCallRecord>>(connection => ReadToolCalls(connection, callSid));

    public Task<IReadOnlyList<ModelEventRecord>> ModelEventsAsync(CallSid callSid) =>
        database.ReadAsync<IReadOnlyList<ModelEventRecord>>(connection => ReadModelEvents(connection, callSid));

    private static void WriteTurn(StoreConnection connection, TurnRecord turn) => connection.Sql(AddTurn)
        .Set("$stream_sid", turn.StreamSid.Value).Set("$number", turn.Number).Set("$call_sid", turn.CallSid.Value)
        .Set("$speaker", turn.Speaker == Speaker.Model ? "model" : "caller").Set("$said", turn.Said).Set("$heard", turn.Heard)
        .Set("$start_ms", turn.StartMs).Set("$end_ms", turn.EndMs).Set("$interrupted", turn.Interrupted ? 1 : 0)
        .Set("$response_ms", turn.ResponseMs).Run();

    private static void WriteToolCall(StoreConnection connection, ToolCallRecord call) => connection.Sql(AddToolCall)
        .Set("$call_sid", call.CallSid.Value).Set("$stream_sid", call.StreamSid.Value).Set("$tool_call_id", call.Id).Set("$name", call.Name)
        .Set("$arguments", call.Arguments).Set("$outcome", call.Outcome).Set("$response", call.Response)
        .Set("$start_ms", call.StartMs).Set("$duration_ms", call.DurationMs).Run();

    private static void WriteModelEvent(StoreConnection connection, ModelEventRecord happened) => connection.Sql(AddModelEvent)
        .Set("$call_sid", happened.CallSid.Value).Set("$stream_sid", happened.StreamSid.Value).Set("$at_ms", happened.AtMs)
        .Set("$kind", happened.Kind.Word()).Set("$detail", happened.Detail).Run();

    private static void WriteHandle(StoreConnection connection, (CallSid CallSid, StreamSid StreamSid, string Handle) held) => connection.Sql(SetHandle)
        .Set("$call_sid", held.CallSid.Value).Set("$stream_sid", held.StreamSid.Value).Set("$handle", held.Handle).Run();

    private static List<TurnRecord> ReadTurns(StoreConnection connection, CallSid callSid)
    {
        List<TurnRecord> turns = [];
        using StatementRows row = connection.Sql(TurnsOf).Set("$call_sid", callSid.Value).Query();
        while (row.Read())
        {
            turns.Add(new TurnRecord(callSid, StreamSid.Parse(row.GetString(0)), row.GetInt32(1), row.GetString(2) == "model" ? Speaker.Model : Speaker.Caller,
                row.GetString(3), row.GetString(4), row.GetInt64(5), row.GetInt64(6), row.GetInt64(7) != 0, row.GetInt64(8)));
        }

        return turns;
    }

    private static List<ToolCallRecord> ReadToolCalls(StoreConnection connection, CallSid callSid)
    {
        List<ToolCallRecord> calls = [];
        using StatementRows row = connection.Sql(ToolCallsOf).Set("$call_sid", callSid.Value).Query();
        while (row.Read())
        {
            calls.Add(new ToolCallRecord(callSid, StreamSid.Parse(row.GetString(0)), row.GetString(1), row.GetString(2), row.GetString(3),
                row.GetString(4), row.GetString(5), row.GetInt64(6), row.GetInt64(7)));
        }

        return calls;
    }

    private static List<ModelEventRecord> ReadModelEvents(StoreConnection connection, CallSid callSid)
    {
        List<ModelEventRecord> events = [];
        using StatementRows row = connection.Sql(ModelEventsOf).Set("$call_sid", callSid.Value).Query();
        while (row.Read())
        {
            events.Add(new ModelEventRecord(callSid, StreamSid.Parse(row.GetString(0)), row.GetInt64(1), ModelEventKinds.Parse(row.GetString(2)), row.GetString(3)));
        }

        return events;
    }
}
