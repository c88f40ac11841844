namespace Matrixd.Calls;

internal enum CallDirection
{
    Inbound,
    Outbound,
}

/// <summary>Where a call stands. <see cref="Ended"/> is terminal until a new stream of the same call adopts the row.</summary>
internal enum SessionState
{
    /// <summary>Created before a dial.</summary>
    Intent,

    /// <summary>The carrier has accepted the dial.</summary>
    Dialing,

    /// <summary>A WebSocket URL was handed out.</summary>
    Warm,

    /// <summary>A stream is open.</summary>
    Live,

    Ended,
}

/// <summary>The Session row keyed by call SID: the single source of truth about a call.</summary>
internal sealed record Session
{
    public required CallSid CallSid { get; init; }

    public required CallDirection Direction { get; init; }

    public required SessionState State { get; init; }

    /// <summary>Name of the agent that takes the call; empty: not decided yet.</summary>
    public string Agent { get; init; } = "";

    public string CampaignId { get; init; } = "";

    public string ContactId { get; init; } = "";

    /// <summary>What an outbound call is for; stands in its own block of the setup.</summary>
    public string Objective { get; init; } = "";

    public string From { get; init; } = "";

    public string To { get; init; } = "";

    /// <summary>Further values for the agent's prompt, a JSON object of strings; empty: none.</summary>
    public string Variables { get; init; } = "";

    /// <summary>The stream that owns the call now, or owned it last.</summary>
    public string StreamSid { get; init; } = "";

    public DateTimeOffset CreatedAt { get; init; }

    public DateTimeOffset? StartedAt { get; init; }

    public DateTimeOffset? EndedAt { get; init; }

    public CallEndReason EndReason { get; init; }

    /// <summary>What stands behind the end reason, for operators; no secret, no caller's words.</summary>
    public string EndDetail { get; init; } = "";

    public string RecordingPath { get; init; } = "";

    public string Model { get; init; } = "";

    /// <summary>Latest resumption handle of the model session.</summary>
    public string GeminiHandle { get; init; } = "";

    public long PromptTokens { get; init; }

    public long ResponseTokens { get; init; }

    public string Disposition { get; init; } = "";

    public string Summary { get; init; } = "";

    // The compiler's ToString would print telephone numbers and what the call is for.
    public override string ToString() => $"call {CallSid}: {Direction} {State}, agent {Agent}, stream {StreamSid}, end {EndReason}";
}
