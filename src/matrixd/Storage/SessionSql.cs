namespace Matrixd.Storage;

/// <summary>The statements about sessions and streams.</summary>
internal static class SessionSql
{
    public const string StreamIsKnown = "SELECT count(*) FROM streams WHERE stream_sid = $stream_sid";

    public const string CallIsKnown = "SELECT count(*) FROM sessions WHERE call_sid = $call_sid";

    // On an existing row every right-hand side sees the row as it was before.
    public const string Adopt = $"""
        INSERT INTO sessions (call_sid, direction, state, described, agent, agent_assumed, from_number, to_number, stream_sid, created_at, started_at)
        VALUES ($call_sid, 'inbound', 'live', 0, $agent, 1, $from, $to, $stream_sid, $at, $at)
        ON CONFLICT (call_sid) DO UPDATE SET
            state = 'live',
            stream_sid = excluded.stream_sid,
            agent = CASE WHEN agent = '' THEN excluded.agent ELSE agent END,
            agent_assumed = CASE WHEN agent = '' THEN 1 ELSE agent_assumed END,
            from_number = CASE WHEN from_number = '' THEN excluded.from_number ELSE from_number END,
            to_number = CASE WHEN to_number = '' THEN excluded.to_number ELSE to_number END,
            started_at = coalesce(started_at, excluded.started_at),
            ended_at = NULL,
            end_reason = '',
            end_detail = ''
        RETURNING {SessionRow.Columns}
        """;

    public const string AddStream = """
        INSERT INTO streams (stream_sid, call_sid, sample_rate, started_at) VALUES ($stream_sid, $call_sid, $sample_rate, $at)
        """;

    // Whoever knows more about the call (an outbound creation over an inbound one over a stream alone) overrules, whoever knows as much or less fills in what is empty:
    // so the order in which they come does not matter.
    public static readonly string Create = $"""
        INSERT INTO sessions (call_sid, direction, state, described, agent, campaign_id, contact_id, objective, from_number, to_number, variables, created_at)
        VALUES ($call_sid, $direction, $state, $described, $agent, $campaign_id, $contact_id, $objective, $from, $to, $variables, $at)
        ON CONFLICT (call_sid) DO UPDATE SET
            direction = CASE WHEN excluded.described > described THEN excluded.direction ELSE direction END,
            state = CASE WHEN {Rank("excluded.state")} > {Rank("state")} THEN excluded.state ELSE state END,
            described = max(described, excluded.described),
            agent = CASE WHEN agent_assumed = 1 AND excluded.agent <> '' THEN excluded.agent ELSE {Better("agent")} END,
            agent_assumed = CASE WHEN excluded.agent <> '' THEN 0 ELSE agent_assumed END,
            campaign_id = {Better("campaign_id")},
            contact_id = {Better("contact_id")},
            objective = {Better("objective")},
            from_number = {Better("from_number")},
            to_number = {Better("to_number")},
            variables = {Better("variables")},
            created_at = min(created_at, excluded.created_at)
        RETURNING {SessionRow.Columns}
        """;

    public const string EndStream = """
        UPDATE streams SET
            ended_at = $at, end_reason = $reason, end_detail = $detail, recording_path = $recording,
            prompt_tokens = $prompt_tokens, response_tokens = $response_tokens
        WHERE stream_sid = $stream_sid AND call_sid = $call_sid AND ended_at IS NULL
        """;

    // A call that went through two streams has spent the tokens of both.
    public const string SumTokens = """
        UPDATE sessions SET
            prompt_tokens = (SELECT coalesce(sum(prompt_tokens), 0) FROM streams WHERE streams.call_sid = $call_sid),
            response_tokens = (SELECT coalesce(sum(response_tokens), 0) FROM streams WHERE streams.call_sid = $call_sid)
        WHERE call_sid = $call_sid
        """;

    public const string EndCall = """
        UPDATE sessions SET
            state = 'ended', ended_at = $at, end_reason = $reason, end_detail = $detail,
            recording_path = CASE WHEN $recording = '' THEN recording_path ELSE $recording END,
            model = CASE WHEN $model = '' THEN model ELSE $model END,
            gemini_handle = CASE WHEN $handle = '' THEN gemini_handle ELSE $handle END
        WHERE call_sid = $call_sid AND stream_sid = $stream_sid AND state = 'live'
        """;

    public const string OwnsCall = "SELECT count(*) FROM sessions WHERE call_sid = $call_sid AND stream_sid = $stream_sid";

    public const string EndUnconnected = """
        UPDATE sessions SET state = 'ended', ended_at = $at, end_reason = $reason, end_detail = $detail
        WHERE call_sid = $call_sid AND state IN ('intent', 'dialing', 'warm')
        """;

    public const string Find = $"SELECT {SessionRow.Columns} FROM sessions WHERE call_sid = $call_sid";

    public const string List = $"""
        SELECT {SessionRow.Columns} FROM sessions WHERE created_at < $before ORDER BY created_at DESC, call_sid DESC LIMIT $limit
        """;

    public const string ListState = $"""
        SELECT {SessionRow.Columns} FROM sessions WHERE state = $state AND created_at < $before ORDER BY created_at DESC, call_sid DESC LIMIT $limit
        """;

    private static string Rank(string state) => $"CASE {state} WHEN 'intent' THEN 0 WHEN 'dialing' THEN 1 WHEN 'warm' THEN 2 WHEN 'live' THEN 3 ELSE 4 END";

    private static string Better(string column) =>
        $"CASE WHEN excluded.{column} <> '' AND ({column} = '' OR excluded.described > described) THEN excluded.{column} ELSE {column} END";
}
