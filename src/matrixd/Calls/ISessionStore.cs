namespace Matrixd.Calls;

/// <summary>The Session rows. Every task that completes has been committed to disk.</summary>
/// <remarks>Each method is one atomic statement or transaction, so that the claim holds with many nodes on one database too.</remarks>
internal interface ISessionStore
{
    /// <summary>Adopts the row of the call for this stream, or creates it as inbound where there is none.</summary>
    /// <remarks>
    /// Direction, agent, campaign, contact and objective of an existing row stay as they are; an empty agent takes <see cref="StreamOpening.DefaultAgent"/>;
    /// empty from/to are filled. State becomes live, stream SID this one's, end fields are cleared; the first stream's start stays the call's start.
    /// A stream SID that is known already, be it of this call or another, changes nothing. An earlier stream that never ended keeps its own row open until it does.
    /// </remarks>
    Task<Adoption> AdoptAsync(StreamOpening opening);

    /// <summary>Creates the row of a call about to be placed, or of one whose URL was handed out.</summary>
    /// <remarks>
    /// Where the row exists (the socket or a callback was faster), what it lacks is filled in and its state never goes back:
    /// intent → dialing → warm → live → ended. Who knows more about the call overrules: an outbound creation (we dialled) over an inbound one (its URL was asked for)
    /// over a stream alone, also while the call is live or has ended; among equals the first stays. An agent that <see cref="AdoptAsync"/> only assumed gives way to any
    /// that is named. So the order of dial answer, callback and socket does not matter: one row, the same values. The state of the row that comes back tells
    /// a late caller that the call runs, or ran, without what it says.
    /// </remarks>
    Task<Session> CreateAsync(NewSession session);

    /// <summary>Ends the stream, and the call with it where the stream still owns it. Once; later calls for the same stream change nothing.</summary>
    /// <remarks>Tokens of all streams of the call add up in its row; an empty recording, model or handle leaves what an earlier stream had.</remarks>
    /// <returns>False where a newer stream owns the call, or the stream was never adopted.</returns>
    Task<bool> EndAsync(StreamEnding ending);

    /// <summary>The row, or null. Reads what is committed.</summary>
    Task<Session?> FindAsync(CallSid callSid);

    /// <summary>Rows, newest first.</summary>
    Task<IReadOnlyList<Session>> ListAsync(SessionFilter filter);
}

/// <summary>A stream that has started.</summary>
internal sealed record StreamOpening
{
    public required StreamSid StreamSid { get; init; }

    public required CallSid CallSid { get; init; }

    public required string From { get; init; }

    public required string To { get; init; }

    /// <summary>Agent for a call whose row names none.</summary>
    public required string DefaultAgent { get; init; }

    /// <summary>[Hz]</summary>
    public required int SampleRate { get; init; }

    public required DateTimeOffset At { get; init; }

    // The compiler's ToString would print telephone numbers.
    public override string ToString() => $"stream {StreamSid} of call {CallSid}";
}

/// <summary>What came of an adoption.</summary>
/// <param name="Session">The row as it is now; null where the stream SID was known already.</param>
/// <param name="Created">True: there was no row, an inbound one was made.</param>
internal readonly record struct Adoption(Session? Session, bool Created);

/// <summary>A row to create or complete. Empty strings say nothing.</summary>
internal sealed record NewSession
{
    public required CallSid CallSid { get; init; }

    public required CallDirection Direction { get; init; }

    /// <summary><see cref="SessionState.Intent"/>, <see cref="SessionState.Dialing"/> or <see cref="SessionState.Warm"/>.</summary>
    public required SessionState State { get; init; }

    public string Agent { get; init; } = "";

    public string CampaignId { get; init; } = "";

    public string ContactId { get; init; } = "";

    public string Objective { get; init; } = "";

    public string From { get; init; } = "";

    public string To { get; init; } = "";

    public string Variables { get; init; } = "";

    public required DateTimeOffset At { get; init; }

    // The compiler's ToString would print telephone numbers and what the call is for.
    public override string ToString() => $"call {CallSid}: {Direction} {State}, agent {Agent}";
}

/// <summary>How a stream ended.</summary>
internal sealed record StreamEnding
{
    public required StreamSid StreamSid { get; init; }

    public required CallSid CallSid { get; init; }

    public required CallEndReason Reason { get; init; }

    public string Detail { get; init; } = "";

    public string RecordingPath { get; init; } = "";

    public string Model { get; init; } = "";

    public string GeminiHandle { get; init; } = "";

    public long PromptTokens { get; init; }

    public long ResponseTokens { get; init; }

    public required DateTimeOffset At { get; init; }
}

/// <param name="State">Null: any.</param>
/// <param name="Limit">At most this many rows, 1 to 1000.</param>
/// <param name="Before">Rows created before this moment only; null: from the newest.</param>
internal sealed record SessionFilter(SessionState? State = null, int Limit = 100, DateTimeOffset? Before = null);
