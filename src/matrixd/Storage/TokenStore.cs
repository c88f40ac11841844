using Matrixd.Gemini;

namespace Matrixd.Storage;

/// <summary>Tokens in SQLite; the file's mode keeps them from others.</summary>
internal sealed class TokenStore(Database database) : ITokenStore
{
    private const string Save = """
        INSERT INTO tokens (kind, value, uses, minted_at, new_session_until, expires_at)
        VALUES ($kind, $value, $uses, $minted_at, $new_session_until, $expires_at)
        ON CONFLICT (kind) DO UPDATE SET value = excluded.value, uses = excluded.uses, minted_at = excluded.minted_at,
            new_session_until = excluded.new_session_until, expires_at = excluded.expires_at
        """;

    private const string Shared = "SELECT value, kind, uses, minted_at, new_session_until, expires_at FROM tokens WHERE kind = 'shared'";

    public Task SaveAsync(StoredToken token) => database.WriteAsync(connection => connection.Sql(Save)
        .Set("$kind", token.Kind).Set("$value", token.Value).Set("$uses", token.Uses).Set("$minted_at", token.MintedAt)
        .Set("$new_session_until", token.NewSessionUntil).Set("$expires_at", token.ExpiresAt).Run());

    public StoredToken? LoadShared() => database.Read(connection =>
    {
        using StatementRows row = connection.Sql(Shared).Query();
        return row.Read()
            ? new StoredToken(row.GetString(0), row.GetString(1), row.GetInt32(2), Time(row, 3), Time(row, 4), Time(row, 5))
            : null;
    });

    private static DateTimeOffset Time(StatementRows row, int column) => DateTimeOffset.FromUnixTimeMilliseconds(row.GetInt64(column));
}
