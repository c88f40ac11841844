using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Exotel;
using Microsoft.AspNetCore.Http;

namespace Matrixd.Server;

/// <summary>The https URL that an applet asks for each call: warms a session and answers with the WebSocket URL of that call.</summary>
/// <remarks>GET and POST are both reported, with query, form or JSON: all are taken. The answer must come within a second or so.</remarks>
internal sealed class DynamicUrlRoute(
    ServerOptions server, ExotelOptions exotel, Credentials credentials, ClientAddress clients, FailureThrottle throttle, WarmSessions warm, CallHost host,
    ISessionStore sessions, ServerCounters counters, TimeProvider clock)
{
    /// <summary>Longer URLs are silently not dialled. Observed in production with a token of its own in the path; 130 work.</summary>
    public const int MaxUrlLength = 130;

    public async Task HandleAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        if (!HttpMethods.IsGet(request.Method) && !HttpMethods.IsPost(request.Method))
        {
            await Replies.NotAllowedAsync(context, "GET, POST");
        }
        else if (!credentials.IsAllowedAddress(context) || !credentials.HasBasic(context))
        {
            Interlocked.Increment(ref counters.Refused);
            await Replies.RefuseAsync(context, throttle.Fail(clients.Of(context)), StatusCodes.Status401Unauthorized, "credentials needed");
        }
        else if (host.Registry.IsDraining || host.Registry.IsFull)
        {
            Interlocked.Increment(ref counters.Busy);
            await Replies.BusyAsync(context, host.Registry.WhyNot);
        }
        else
        {
            await WarmAsync(context, await DynamicUrlRequest.ReadAsync(request));
        }
    }

    private async Task WarmAsync(HttpContext context, DynamicUrlRequest? request)
    {
        if (request is null || !CallSid.TryParse(request.CallSid, out CallSid callSid))
        {
            await Replies.TextAsync(context, StatusCodes.Status400BadRequest, "CallSid is missing or malformed");
            return;
        }

        // Row and token are written side by side; both are on disk before the URL leaves.
        Task<Session> row = sessions.CreateAsync(new NewSession
        {
            CallSid = callSid,
            Direction = CallDirection.Inbound,
            State = SessionState.Warm,
            From = ExotelText.Plain(request.From),
            To = ExotelText.Plain(request.To),
            At = clock.GetUtcNow(),
        });
        Task<string?> token = warm.AddAsync(callSid);
        await Task.WhenAll(row, token);
        if (await token is not { } pathToken)
        {
            await Replies.BusyAsync(context, "too many URLs are waiting for their calls");
            return;
        }

        string url = $"{PublicUrl(context)}{exotel.StreamPath}/{pathToken}";
        if (url.Length > MaxUrlLength)
        {
            await Replies.TextAsync(
                context, StatusCodes.Status500InternalServerError, $"the URL would have {url.Length} characters, Exotel takes {MaxUrlLength}: shorten server.public_url or exotel.stream_path");
            return;
        }

        Interlocked.Increment(ref counters.DynamicUrls);
        await Replies.JsonAsync(context, StatusCodes.Status200OK, new DynamicUrlReply(url), ApiJson.Default.DynamicUrlReply);
    }

    private string PublicUrl(HttpContext context) => server.PublicUrl.Length > 0
        ? server.PublicUrl.TrimEnd('/')
        : $"{(clients.IsSecure(context) ? "wss" : "ws")}://{context.Request.Host.Value}";
}

internal sealed record DynamicUrlReply(string Url);

/// <summary>What Exotel sends along.</summary>
internal sealed record DynamicUrlRequest(string CallSid, string From, string To)
{
    /// <returns>Null where the body is of a kind that cannot be read.</returns>
    public static async Task<DynamicUrlRequest?> ReadAsync(HttpRequest request)
    {
        Dictionary<string, string> values = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string key, Microsoft.Extensions.Primitives.StringValues value) in request.Query)
        {
            values[key] = value.ToString();
        }

        try
        {
            if (request.HasFormContentType)
            {
                foreach ((string key, Microsoft.Extensions.Primitives.StringValues value) in await request.ReadFormAsync())
                {
                    values[key] = value.ToString();
                }
            }
            else if (request.ContentType?.Contains("json", StringComparison.OrdinalIgnoreCase) == true)
            {
                await ReadJsonAsync(request, values);
            }
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or InvalidOperationException)
        {
            return null; // InvalidOperationException: half of a surrogate pair in a text
        }

        string Value(params ReadOnlySpan<string> keys)
        {
            foreach (string key in keys)
            {
                if (values.TryGetValue(key, out string? value) && value.Length > 0)
                {
                    return value;
                }
            }

            return "";
        }

        // CallTo was the ExoPhone in a live request, while To was another number.
        return new DynamicUrlRequest(Value("CallSid", "call_sid"), Value("CallFrom", "From"), Value("CallTo", "To"));
    }

    private static async Task ReadJsonAsync(HttpRequest request, Dictionary<string, string> values)
    {
        using JsonDocument body = await JsonDocument.ParseAsync(request.Body, new JsonDocumentOptions { MaxDepth = 8 });
        if (body.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("not an object");
        }

        foreach (JsonProperty property in body.RootElement.EnumerateObject())
        {
            if (property.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number)
            {
                values[property.Name] = property.Value.ToString();
            }
        }
    }
}
