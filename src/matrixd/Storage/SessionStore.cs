using Matrixd.Calls;

namespace Matrixd.Storage;

/// <summary>The Session rows in SQLite.</summary>
/// <remarks>Any thread. Each write is one item of a transaction, so nothing comes between its statements. Times are kept to the millisecond.</remarks>
internal sealed class SessionStore(Database database) : ISessionStore, IUnconnectedCalls
{
    private const int MostRows = 1000;

    public Task<Adoption> AdoptAsync(StreamOpening opening) => database.WriteAsync(connection => Adopt(connection, opening));

    public Task<Session> CreateAsync(NewSession session)
    {
        if (session.State is not (SessionState.Intent or SessionState.Dialing or SessionState.Warm))
        {
            throw new ArgumentOutOfRangeException(nameof(session), session.State, "A session is created as intent, dialing or warm.");
        }

        return database.WriteAsync(connection => Create(connection, session));
    }

    public Task<bool> EndAsync(StreamEnding ending)
    {
        RequireReason(ending.Reason);
        return database.WriteAsync(connection => End(connection, ending), stays: true);
    }

    public Task<bool> EndUnconnectedAsync(CallSid callSid, CallEndReason reason, string detail, DateTimeOffset at)
    {
        RequireReason(reason);
        return database.WriteAsync(connection => connection.Sql(SessionSql.EndUnconnected)
            .Set("$call_sid", callSid.Value).Set("$reason", reason.Word()).Set("$detail", detail).Set("$at", at).Run() > 0, stays: true);
    }

    public Task<Session?> FindAsync(CallSid callSid) =>
        database.ReadAsync(connection => SessionRow.One(connection.Sql(SessionSql.Find).Set("$call_sid", callSid.Value)));

    public Task<IReadOnlyList<Session>> ListAsync(SessionFilter filter)
    {
        if (filter.Limit is < 1 or > MostRows)
        {
            throw new ArgumentOutOfRangeException(nameof(filter), filter.Limit, $"A list has 1 to {MostRows} rows.");
        }

        return database.ReadAsync<IReadOnlyList<Session>>(connection => List(connection, filter));
    }

    private static Adoption Adopt(StoreConnection connection, StreamOpening opening)
    {
        if (connection.Sql(SessionSql.StreamIsKnown).Set("$stream_sid", opening.StreamSid.Value).Number() > 0)
        {
            return new Adoption(null, Created: false);
        }

        bool known = connection.Sql(SessionSql.CallIsKnown).Set("$call_sid", opening.CallSid.Value).Number() > 0;
        Session session = SessionRow.One(connection.Sql(SessionSql.Adopt)
            .Set("$call_sid", opening.CallSid.Value).Set("$stream_sid", opening.StreamSid.Value)
            .Set("$agent", opening.DefaultAgent).Set("$from", opening.From).Set("$to", opening.To).Set("$at", opening.At))!;
        connection.Sql(SessionSql.AddStream)
            .Set("$stream_sid", opening.StreamSid.Value).Set("$call_sid", opening.CallSid.Value)
            .Set("$sample_rate", opening.SampleRate).Set("$at", opening.At).Run();
        return new Adoption(session, Created: !known);
    }

    private static Session Create(StoreConnection connection, NewSession session) =>
        SessionRow.One(connection.Sql(SessionSql.Create)
            .Set("$call_sid", session.CallSid.Value).Set("$direction", SessionRow.Word(session.Direction)).Set("$state", SessionRow.Word(session.State))
            .Set("$described", session.Direction == CallDirection.Outbound ? 2 : 1)
            .Set("$agent", session.Agent).Set("$campaign_id", session.CampaignId).Set("$contact_id", session.ContactId)
            .Set("$objective", session.Objective).Set("$from", session.From).Set("$to", session.To)
            .Set("$variables", session.Variables).Set("$at", session.At))!;

    private static bool End(StoreConnection connection, StreamEnding ending)
    {
        int ended = connection.Sql(SessionSql.EndStream)
            .Set("$stream_sid", ending.StreamSid.Value).Set("$call_sid", ending.CallSid.Value).Set("$at", ending.At)
            .Set("$reason", ending.Reason.Word()).Set("$detail", ending.Detail).Set("$recording", ending.RecordingPath)
            .Set("$prompt_tokens", ending.PromptTokens).Set("$response_tokens", ending.ResponseTokens).Run();
        if (ended > 0)
        {
            connection.Sql(SessionSql.SumTokens).Set("$call_sid", ending.CallSid.Value).Run();
            connection.Sql(SessionSql.EndCall)
                .Set("$stream_sid", ending.StreamSid.Value).Set("$call_sid", ending.CallSid.Value).Set("$at", ending.At)
                .Set("$reason", ending.Reason.Word()).Set("$detail", ending.Detail).Set("$recording", ending.RecordingPath)
                .Set("$model", ending.Model).Set("$handle", ending.GeminiHandle).Run();
        }

        return connection.Sql(SessionSql.OwnsCall).Set("$stream_sid", ending.StreamSid.Value).Set("$call_sid", ending.CallSid.Value).Number() > 0;
    }

    private static List<Session> List(StoreConnection connection, SessionFilter filter)
    {
        Statement statement = filter.State is { } state
            ? connection.Sql(SessionSql.ListState).Set("$state", SessionRow.Word(state))
            : connection.Sql(SessionSql.List);
        statement.Set("$before", filter.Before?.ToUnixTimeMilliseconds() ?? long.MaxValue).Set("$limit", filter.Limit);
        List<Session> sessions = [];
        using StatementRows rows = statement.Query();
        while (rows.Read())
        {
            sessions.Add(SessionRow.Read(rows));
        }

        return sessions;
    }

    private static void RequireReason(CallEndReason reason)
    {
        if (reason == CallEndReason.None)
        {
            throw new ArgumentOutOfRangeException(nameof(reason), reason, "A call ends for a reason.");
        }
    }
}
