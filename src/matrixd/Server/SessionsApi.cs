using System.Text.Json;
using Matrixd.Calls;
using Microsoft.AspNetCore.Http;

namespace Matrixd.Server;

/// <summary>Session rows over HTTP, for operators and for whoever places calls.</summary>
internal sealed class SessionsApi(ISessionStore sessions, ICallLog log, Func<IAgentDirectory> agents, Credentials credentials, TimeProvider clock)
{
    public const string Path = "/api/sessions";

    // What fits into a model's instruction without drowning it.
    private const int MaxObjective = 8 * 1024;
    private const int MaxName = 128;

    public Task HandleAsync(HttpContext context, string path)
    {
        if (!credentials.IsAdmin(context))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Replies.TextAsync(context, StatusCodes.Status401Unauthorized, "the admin token is needed; without one configured the API answers on loopback listens only");
        }

        bool isCollection = path == Path;
        return context.Request.Method switch
        {
            "GET" when isCollection => ListAsync(context),
            "GET" => ShowAsync(context, path[(Path.Length + 1)..]),
            "POST" when isCollection => CreateAsync(context),
            _ => Replies.NotAllowedAsync(context, isCollection ? "GET, POST" : "GET"),
        };
    }

    private async Task ListAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        SessionState? state = null;
        if (query["state"].ToString() is { Length: > 0 } word)
        {
            state = StateOf(word);
            if (state is null)
            {
                await ErrorAsync(context, $"state: '{Exotel.ExotelText.Plain(word)}' is not one of intent, dialing, warm, live, ended");
                return;
            }
        }

        int limit = int.TryParse(query["limit"], out int asked) ? Math.Clamp(asked, 1, 1000) : 100;
        IReadOnlyList<Session> rows = await sessions.ListAsync(new SessionFilter(state, limit));
        await Replies.JsonAsync(context, StatusCodes.Status200OK, rows.Select(SessionView.Of).ToArray(), ApiJson.Default.SessionViewArray);
    }

    private static SessionState? StateOf(string word) => word switch
    {
        "intent" => SessionState.Intent,
        "dialing" => SessionState.Dialing,
        "warm" => SessionState.Warm,
        "live" => SessionState.Live,
        "ended" => SessionState.Ended,
        _ => null,
    };

    private async Task ShowAsync(HttpContext context, string sid)
    {
        Session? row = CallSid.TryParse(sid, out CallSid callSid) ? await sessions.FindAsync(callSid) : null;
        if (row is null)
        {
            await ErrorAsync(context, "no such session", StatusCodes.Status404NotFound);
            return;
        }

        SessionView view = SessionView.Of(row) with
        {
            Turns = [.. (await log.TurnsAsync(callSid)).Select(TurnView.Of)],
            ToolCalls = [.. (await log.ToolCallsAsync(callSid)).Select(ToolCallView.Of)],
            ModelEvents = [.. (await log.ModelEventsAsync(callSid)).Select(ModelEventView.Of)],
        };
        await Replies.JsonAsync(context, StatusCodes.Status200OK, view, ApiJson.Default.SessionView);
    }

    private async Task CreateAsync(HttpContext context)
    {
        SessionRequest? request;
        try
        {
            request = await JsonSerializer.DeserializeAsync(context.Request.Body, ApiJson.Default.SessionRequest);
        }
        catch (JsonException e)
        {
            await ErrorAsync(context, $"the body is not a session object: {e.Message}");
            return;
        }

        string? error = Check(request, out NewSession? row);
        if (error is not null)
        {
            await ErrorAsync(context, error);
            return;
        }

        Session created = await sessions.CreateAsync(row!);
        await Replies.JsonAsync(context, StatusCodes.Status201Created, SessionView.Of(created), ApiJson.Default.SessionView);
    }

    private string? Check(SessionRequest? request, out NewSession? row)
    {
        row = null;
        if (request is null || !CallSid.TryParse(request.CallSid, out CallSid callSid))
        {
            return $"call_sid: needed, 1 to {CallSid.MaxLength} of A-Z a-z 0-9 _ -";
        }

        CallDirection? direction = request.Direction switch
        {
            "outbound" or null => CallDirection.Outbound,
            "inbound" => CallDirection.Inbound,
            _ => null,
        };
        SessionState? state = request.State switch
        {
            "dialing" or null => SessionState.Dialing,
            "intent" => SessionState.Intent,
            _ => null,
        };
        if (direction is null)
        {
            return "direction: inbound or outbound";
        }

        if (state is null)
        {
            return "state: intent or dialing";
        }

        if ((request.Objective?.Length ?? 0) > MaxObjective)
        {
            return $"objective: at most {MaxObjective} characters";
        }

        foreach ((string name, string? value) in new[] { ("agent", request.Agent), ("campaign", request.Campaign), ("contact", request.Contact), ("from", request.From), ("to", request.To) })
        {
            if ((value?.Length ?? 0) > MaxName)
            {
                return $"{name}: at most {MaxName} characters";
            }
        }

        row = new NewSession
        {
            CallSid = callSid,
            Direction = direction.Value,
            State = state.Value,
            Agent = request.Agent ?? "",
            CampaignId = request.Campaign ?? "",
            ContactId = request.Contact ?? "",
            Objective = request.Objective ?? "",
            From = request.From ?? "",
            To = request.To ?? "",
            Variables = request.Variables is null ? "" : JsonSerializer.Serialize(request.Variables, ApiJson.Default.DictionaryStringString),
            At = clock.GetUtcNow(),
        };
        return Unknown(row, callSid);
    }

    private string? Unknown(NewSession row, CallSid callSid)
    {
        Session asked = new() { CallSid = callSid, Direction = row.Direction, State = row.State, Agent = row.Agent };
        return row.Agent.Length > 0 && agents().Brief(asked) is null ? $"agent: there is no agent '{Exotel.ExotelText.Plain(row.Agent)}' in the configuration" : null;
    }

    private static Task ErrorAsync(HttpContext context, string error, int status = StatusCodes.Status400BadRequest) =>
        Replies.JsonAsync(context, status, new ErrorReply(error), ApiJson.Default.ErrorReply);
}
