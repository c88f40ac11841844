using Matrixd.Calls;

namespace Matrixd.Storage;

/// <summary>A row of sessions as a record, and the words of its closed sets.</summary>
internal static class SessionRow
{
    public const string Columns = """
        call_sid, direction, state, agent, campaign_id, contact_id, objective, from_number, to_number, variables, stream_sid, created_at, started_at,
        ended_at, end_reason, end_detail, recording_path, model, gemini_handle, prompt_tokens, response_tokens, disposition, summary
        """;

    public static Session Read(StatementRows row) => new()
    {
        CallSid = CallSid.Parse(row.GetString(0)),
        Direction = row.GetString(1) == "outbound" ? CallDirection.Outbound : CallDirection.Inbound,
        State = ParseState(row.GetString(2)),
        Agent = row.GetString(3),
        CampaignId = row.GetString(4),
        ContactId = row.GetString(5),
        Objective = row.GetString(6),
        From = row.GetString(7),
        To = row.GetString(8),
        Variables = row.GetString(9),
        StreamSid = row.GetString(10),
        CreatedAt = Time(row, 11)!.Value,
        StartedAt = Time(row, 12),
        EndedAt = Time(row, 13),
        EndReason = CallEndReasonNames.Parse(row.GetString(14)),
        EndDetail = row.GetString(15),
        RecordingPath = row.GetString(16),
        Model = row.GetString(17),
        GeminiHandle = row.GetString(18),
        PromptTokens = row.GetInt64(19),
        ResponseTokens = row.GetInt64(20),
        Disposition = row.GetString(21),
        Summary = row.GetString(22),
    };

    /// <summary>The one row of a statement, or null.</summary>
    public static Session? One(Statement statement)
    {
        using StatementRows rows = statement.Query();
        return rows.Read() ? Read(rows) : null;
    }

    public static string Word(CallDirection direction) => direction == CallDirection.Outbound ? "outbound" : "inbound";

    public static string Word(SessionState state) => state switch
    {
        SessionState.Intent => "intent",
        SessionState.Dialing => "dialing",
        SessionState.Warm => "warm",
        SessionState.Live => "live",
        SessionState.Ended => "ended",
        _ => throw new ArgumentOutOfRangeException(nameof(state), state, "Not a session state."),
    };

    private static SessionState ParseState(string word) => word switch
    {
        "intent" => SessionState.Intent,
        "dialing" => SessionState.Dialing,
        "warm" => SessionState.Warm,
        "live" => SessionState.Live,
        "ended" => SessionState.Ended,
        _ => throw new FormatException($"'{word}' is not a session state."),
    };

    private static DateTimeOffset? Time(StatementRows row, int column) =>
        row.IsDBNull(column) ? null : DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
