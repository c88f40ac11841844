using System.Text;
using Matrixd.Calls;

namespace Matrixd.Storage;

/// <summary>The tables. Times are Unix milliseconds; words are those of the closed sets in Calls.</summary>
/// <remarks>A released migration is never changed: what has to change comes as the next one. SQL stays within SQLite 3.40.</remarks>
internal static class Schema
{
    /// <summary>"mtrx": tells our files from other SQLite databases.</summary>
    public const int ApplicationId = 0x6d747278;

    // commits goes up in every transaction: so every write-ahead log names the store it belongs to, and its age.
    private const string Meta = """
        CREATE TABLE store_meta (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            store_id TEXT NOT NULL,
            created_at INTEGER NOT NULL,
            clean INTEGER NOT NULL CHECK (clean IN (0, 1)),
            commits INTEGER NOT NULL
        ) STRICT
        """;

    // described: 0 by a stream alone, 1 by an inbound creation, 2 by an outbound one. agent_assumed: the agent is a stream's default, not anybody's choice.
    private static readonly string s_sessions = $"""
        CREATE TABLE sessions (
            call_sid TEXT PRIMARY KEY NOT NULL,
            direction TEXT NOT NULL CHECK (direction IN ('inbound', 'outbound')),
            state TEXT NOT NULL CHECK (state IN ('intent', 'dialing', 'warm', 'live', 'ended')),
            described INTEGER NOT NULL DEFAULT 0 CHECK (described BETWEEN 0 AND 2),
            agent TEXT NOT NULL DEFAULT '',
            agent_assumed INTEGER NOT NULL DEFAULT 0 CHECK (agent_assumed IN (0, 1)),
            campaign_id TEXT NOT NULL DEFAULT '',
            contact_id TEXT NOT NULL DEFAULT '',
            objective TEXT NOT NULL DEFAULT '',
            from_number TEXT NOT NULL DEFAULT '',
            to_number TEXT NOT NULL DEFAULT '',
            variables TEXT NOT NULL DEFAULT '',
            stream_sid TEXT NOT NULL DEFAULT '',
            created_at INTEGER NOT NULL,
            started_at INTEGER,
            ended_at INTEGER,
            end_reason TEXT NOT NULL DEFAULT '' CHECK (end_reason IN ('', {EndReasons()})),
            end_detail TEXT NOT NULL DEFAULT '',
            recording_path TEXT NOT NULL DEFAULT '',
            model TEXT NOT NULL DEFAULT '',
            gemini_handle TEXT NOT NULL DEFAULT '',
            prompt_tokens INTEGER NOT NULL DEFAULT 0,
            response_tokens INTEGER NOT NULL DEFAULT 0,
            disposition TEXT NOT NULL DEFAULT '',
            summary TEXT NOT NULL DEFAULT '',
            CHECK ((state = 'ended') = (end_reason <> '')),
            CHECK ((state = 'ended') = (ended_at IS NOT NULL)),
            CHECK (state <> 'live' OR (stream_sid <> '' AND started_at IS NOT NULL))
        ) STRICT
        """;

    private static readonly string s_streams = $"""
        CREATE TABLE streams (
            stream_sid TEXT PRIMARY KEY NOT NULL,
            call_sid TEXT NOT NULL REFERENCES sessions (call_sid) ON DELETE CASCADE,
            sample_rate INTEGER NOT NULL,
            started_at INTEGER NOT NULL,
            ended_at INTEGER,
            end_reason TEXT NOT NULL DEFAULT '' CHECK (end_reason IN ('', {EndReasons()})),
            end_detail TEXT NOT NULL DEFAULT '',
            recording_path TEXT NOT NULL DEFAULT '',
            prompt_tokens INTEGER NOT NULL DEFAULT 0,
            response_tokens INTEGER NOT NULL DEFAULT 0,
            CHECK ((ended_at IS NULL) = (end_reason = ''))
        ) STRICT
        """;

    private const string Turns = """
        CREATE TABLE turns (
            stream_sid TEXT NOT NULL,
            number INTEGER NOT NULL,
            call_sid TEXT NOT NULL REFERENCES sessions (call_sid) ON DELETE CASCADE,
            speaker TEXT NOT NULL CHECK (speaker IN ('caller', 'model')),
            said TEXT NOT NULL,
            heard TEXT NOT NULL,
            start_ms INTEGER NOT NULL,
            end_ms INTEGER NOT NULL,
            interrupted INTEGER NOT NULL CHECK (interrupted IN (0, 1)),
            response_ms INTEGER,
            PRIMARY KEY (stream_sid, number)
        ) STRICT
        """;

    private const string ToolCalls = """
        CREATE TABLE tool_calls (
            id INTEGER PRIMARY KEY,
            call_sid TEXT NOT NULL REFERENCES sessions (call_sid) ON DELETE CASCADE,
            stream_sid TEXT NOT NULL,
            tool_call_id TEXT NOT NULL,
            name TEXT NOT NULL,
            arguments TEXT NOT NULL,
            outcome TEXT NOT NULL,
            response TEXT NOT NULL,
            start_ms INTEGER NOT NULL,
            duration_ms INTEGER NOT NULL
        ) STRICT
        """;

    // The words of kind are a closed set in Calls, which grows: no CHECK that every new word would have to rebuild.
    private const string ModelEvents = """
        CREATE TABLE model_events (
            id INTEGER PRIMARY KEY,
            call_sid TEXT NOT NULL REFERENCES sessions (call_sid) ON DELETE CASCADE,
            stream_sid TEXT NOT NULL,
            at_ms INTEGER NOT NULL,
            kind TEXT NOT NULL,
            detail TEXT NOT NULL
        ) STRICT
        """;

    private const string Tokens = """
        CREATE TABLE tokens (
            kind TEXT PRIMARY KEY NOT NULL,
            value TEXT NOT NULL,
            uses INTEGER NOT NULL,
            minted_at INTEGER NOT NULL,
            new_session_until INTEGER NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT
        """;

    private const string WarmSessions = """
        CREATE TABLE warm_sessions (
            token_hash TEXT PRIMARY KEY NOT NULL,
            call_sid TEXT NOT NULL,
            expires_at INTEGER NOT NULL
        ) STRICT
        """;

    public static readonly IReadOnlyList<Migration> Migrations =
    [
        new(1, [
            Meta,
            "INSERT INTO store_meta (id, store_id, created_at, clean, commits) VALUES (1, lower(hex(randomblob(16))), CAST(strftime('%s', 'now') AS INTEGER) * 1000, 1, 1)",
            s_sessions,
            "CREATE INDEX sessions_by_time ON sessions (created_at)",
            "CREATE INDEX sessions_by_state ON sessions (state, created_at)",
            s_streams,
            "CREATE INDEX streams_by_call ON streams (call_sid, started_at)",
            "CREATE INDEX streams_open ON streams (stream_sid) WHERE ended_at IS NULL",
            Turns,
            "CREATE INDEX turns_by_call ON turns (call_sid)",
            ToolCalls,
            "CREATE INDEX tool_calls_by_call ON tool_calls (call_sid)",
            Tokens,
            WarmSessions,
            $"PRAGMA application_id = {ApplicationId}",
        ]),
        new(2, [
            ModelEvents,
            "CREATE INDEX model_events_by_call ON model_events (call_sid)",
        ]),
    ];

    private static string EndReasons()
    {
        StringBuilder words = new();
        foreach (string word in CallEndReasonNames.All)
        {
            words.Append(words.Length > 0 ? ", '" : "'").Append(word).Append('\'');
        }

        return words.ToString();
    }
}
