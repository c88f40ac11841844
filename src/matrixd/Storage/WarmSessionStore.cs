using Matrixd.Calls;

namespace Matrixd.Storage;

/// <summary>Path tokens in SQLite, by their hash.</summary>
internal sealed class WarmSessionStore(Database database) : IWarmSessionStore
{
    private const string Add = """
        INSERT INTO warm_sessions (token_hash, call_sid, expires_at) VALUES ($hash, $call_sid, $expires_at)
        ON CONFLICT (token_hash) DO UPDATE SET call_sid = excluded.call_sid, expires_at = excluded.expires_at
        """;

    public Task AddAsync(WarmSession session) => database.WriteAsync(connection => connection.Sql(Add)
        .Set("$hash", session.TokenHash).Set("$call_sid", session.CallSid.Value).Set("$expires_at", session.ExpiresAt).Run());

    public Task RemoveAsync(string tokenHash) => database.WriteAsync(connection =>
        connection.Sql("DELETE FROM warm_sessions WHERE token_hash = $hash").Set("$hash", tokenHash).Run());

    public IReadOnlyList<WarmSession> Load(DateTimeOffset now) => database.Read(connection =>
    {
        List<WarmSession> sessions = [];
        using StatementRows row = connection
            .Sql("SELECT token_hash, call_sid, expires_at FROM warm_sessions WHERE expires_at > $now ORDER BY expires_at, token_hash").Set("$now", now).Query();
        while (row.Read())
        {
            sessions.Add(new WarmSession(row.GetString(0), CallSid.Parse(row.GetString(1)), DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(2))));
        }

        return sessions;
    });
}
