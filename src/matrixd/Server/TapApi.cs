using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Matrixd.Server;

/// <summary>The wire tap over HTTP: what is chosen, and choosing anew until the next restart. For whoever has the admin token.</summary>
internal sealed class TapApi(ITapControl taps, Credentials credentials)
{
    public const string Path = "/api/tap";

    public Task HandleAsync(HttpContext context)
    {
        if (!credentials.IsAdmin(context))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Replies.TextAsync(context, StatusCodes.Status401Unauthorized, "the admin token is needed; without one configured the API answers on loopback listens only");
        }

        return context.Request.Method switch
        {
            "GET" => ReplyAsync(context),
            "POST" => SelectAsync(context),
            _ => Replies.NotAllowedAsync(context, "GET, POST"),
        };
    }

    private async Task SelectAsync(HttpContext context)
    {
        string error;
        try
        {
            TapRequest? request = await JsonSerializer.DeserializeAsync(context.Request.Body, ApiJson.Default.TapRequest);
            error = request?.WireTap is { } words ? taps.Select(words) ?? "" : "wire_tap: needed, as the configuration takes it";
        }
        catch (JsonException e)
        {
            error = $"the body is not an object with wire_tap: {e.Message}";
        }

        await (error.Length == 0 ? ReplyAsync(context) : Replies.JsonAsync(context, StatusCodes.Status400BadRequest, new ErrorReply(error), ApiJson.Default.ErrorReply));
    }

    private Task ReplyAsync(HttpContext context) =>
        Replies.JsonAsync(context, StatusCodes.Status200OK, new TapReply(taps.Selected, taps.Taped), ApiJson.Default.TapReply);
}
