namespace Matrixd.Storage;

/// <summary>Puts right what the previous process left behind, in one transaction, before anything else is written.</summary>
internal static class Restart
{
    /// <summary>A dial rings for a minute and a URL stays good for its warm_ttl; no carrier connects one after this.</summary>
    public static readonly TimeSpan NeverConnectedAfter = TimeSpan.FromHours(2);

    // When a call broke off is not known; its last turn or tool call is the latest moment it is known to have lived.
    private const string CrashStreams = """
        UPDATE streams SET
            ended_at = max(started_at, started_at
                + coalesce((SELECT max(end_ms) FROM turns WHERE turns.stream_sid = streams.stream_sid), 0),
                started_at + coalesce((SELECT max(start_ms + duration_ms) FROM tool_calls
                    WHERE tool_calls.call_sid = streams.call_sid AND tool_calls.stream_sid = streams.stream_sid), 0)),
            end_reason = 'crashed',
            end_detail = 'the daemon stopped without ending this stream'
        WHERE ended_at IS NULL
        """;

    private const string CrashSessions = """
        UPDATE sessions SET
            state = 'ended',
            ended_at = coalesce((SELECT ended_at FROM streams WHERE streams.stream_sid = sessions.stream_sid), started_at),
            end_reason = 'crashed',
            end_detail = 'the daemon stopped without ending this call'
        WHERE state = 'live'
        """;

    private const string Forget = """
        UPDATE sessions SET state = 'ended', ended_at = $now, end_reason = 'never_connected', end_detail = 'no stream came before the daemon was started again'
        WHERE state IN ('intent', 'dialing', 'warm') AND created_at < $before
        """;

    /// <summary>Afterwards no row is live.</summary>
    public static RestartReport Run(StoreConnection connection, DateTimeOffset now)
    {
        connection.Begin();
        connection.Sql(CrashStreams).Run();
        int crashed = connection.Sql(CrashSessions).Run();
        int forgotten = connection.Sql(Forget).Set("$now", now).Set("$before", now - NeverConnectedAfter).Run();
        connection.Sql("DELETE FROM warm_sessions WHERE expires_at <= $now").Set("$now", now).Run();
        connection.Sql("UPDATE store_meta SET clean = 0").Run();
        connection.Commit();
        return new RestartReport(crashed, forgotten);
    }
}
