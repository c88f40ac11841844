namespace Matrixd.Simulation;

/// <summary>All sessions of a simulator: opens new ones, takes up old ones by their handle.</summary>
/// <remarks>Any thread; one lock, since connections come and go on many.</remarks>
internal sealed class GeminiSessions(TimeProvider clock, int largest)
{
    private static readonly TimeSpan s_handleLife = TimeSpan.FromHours(2);
    private const int MaxKept = 10_000; // a load run opens a session a call; beyond, the closed ones are forgotten at once

    private readonly Lock _gate = new();
    private readonly Dictionary<string, GeminiSessionState> _sessions = [];
    private int _open;
    private int _last;

    /// <summary>Sessions that are open now.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _open;
            }
        }
    }

    /// <summary>Opens the session that the setup asks for.</summary>
    public GeminiRefusal? Enter(GeminiSetup setup, GeminiConnection connection, out GeminiSessionState? session)
    {
        lock (_gate)
        {
            session = null;
            if (setup.Handle is not null)
            {
                session = Find(setup.Handle);
                if (session is null || session.Model != setup.Model)
                {
                    return GeminiRefusal.InvalidArgument;
                }

                if (session.OpenOn is not null)
                {
                    return GeminiRefusal.SessionStillOpen;
                }
            }

            if (largest > 0 && _open >= largest)
            {
                return GeminiRefusal.Quota;
            }

            session ??= new GeminiSessionState { Id = $"session-{++_last}", Model = setup.Model };
            session.OpenOn = connection;
            _sessions[session.Id] = session;
            _open++;
            return null;
        }
    }

    /// <summary>The connection is over; the session waits. Where the service ends it, it knows so before its socket is gone. Any number of times.</summary>
    /// <param name="session">Null: it had come to none.</param>
    public void Leave(GeminiSessionState? session, GeminiConnection connection)
    {
        lock (_gate)
        {
            if (session is null || session.OpenOn != connection)
            {
                return;
            }

            session.OpenOn = null;
            session.LastOpen = clock.GetUtcNow();
            _open--;
            if (_sessions.Count > MaxKept || session.Handles == 0)
            {
                _sessions.Remove(session.Id);
            }
        }
    }

    /// <summary>A new handle; each of a session's handles takes it up as it is now.</summary>
    public static string NewHandle(GeminiSessionState session) => $"{session.Id}.{++session.Handles}";

    private GeminiSessionState? Find(string handle)
    {
        int dot = handle.LastIndexOf('.');
        return dot > 0 && _sessions.TryGetValue(handle[..dot], out GeminiSessionState? session)
            && (session.OpenOn is not null || clock.GetUtcNow() - session.LastOpen < s_handleLife)
            ? session
            : null;
    }
}
