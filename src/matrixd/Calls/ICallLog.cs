namespace Matrixd.Calls;

/// <summary>What a call writes down while it runs. Calls return at once: rows go to the one writer in batches, at most 1 s later.</summary>
/// <remarks>
/// A full queue drops the row and counts it; the call is never held up. Rows and the writes of <see cref="ISessionStore"/> keep their order: once the end of a stream is
/// committed, so is what was logged before it. A row needs its call's Session row.
/// </remarks>
internal interface ICallLog
{
    /// <summary>A turn written again under its number replaces the first.</summary>
    void Turn(TurnRecord turn);

    void ToolCall(ToolCallRecord call);

    void ModelEvent(ModelEventRecord happened);

    /// <summary>The handle with which the call's session at the model can be resumed, into its row; the latest stays.</summary>
    void ModelHandle(CallSid callSid, StreamSid streamSid, string handle);

    /// <summary>The turns of a call, stream by stream, by number; reads what is committed.</summary>
    Task<IReadOnlyList<TurnRecord>> TurnsAsync(CallSid callSid);

    /// <summary>The tool calls of a call, in order; reads what is committed.</summary>
    Task<IReadOnlyList<ToolCallRecord>> ToolCallsAsync(CallSid callSid);

    /// <summary>What happened to the call's connection to the model, in order; reads what is committed.</summary>
    Task<IReadOnlyList<ModelEventRecord>> ModelEventsAsync(CallSid callSid);
}

internal enum Speaker
{
    Caller,
    Model,
}

/// <summary>One side's turn. Times are from the start of the stream, on the recording's time line.</summary>
/// <param name="Number">1, 2, … within the stream, both sides counted together.</param>
/// <param name="Said">What was said: for the model all that it produced, for the caller what was understood.</param>
/// <param name="Heard">What the caller heard of it; for the caller's own turns the same as <paramref name="Said"/>.</param>
/// <param name="Interrupted">The caller talked over it.</param>
/// <param name="ResponseMs">Model turns: from the caller's last audible sample to the first sample of the answer at the caller [ms]; -1 where not known.</param>
internal sealed record TurnRecord(
    CallSid CallSid, StreamSid StreamSid, int Number, Speaker Speaker, string Said, string Heard, long StartMs, long EndMs, bool Interrupted, long ResponseMs);

/// <summary>One tool call of the model.</summary>
/// <param name="Id">The model's id of it.</param>
/// <param name="Arguments">JSON object.</param>
/// <param name="Outcome">ok, error, timeout, cancelled, unknown_tool, bad_arguments.</param>
/// <param name="Response">JSON object that went to the model; empty where none did.</param>
internal sealed record ToolCallRecord(
    CallSid CallSid, StreamSid StreamSid, string Id, string Name, string Arguments, string Outcome, string Response, long StartMs, long DurationMs);

/// <summary>Something that happened to the call's connection to the model.</summary>
/// <param name="AtMs">From the start of the stream [ms].</param>
/// <param name="Detail">For operators; no secret, no caller's words.</param>
internal sealed record ModelEventRecord(CallSid CallSid, StreamSid StreamSid, long AtMs, ModelEventKind Kind, string Detail);
