using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;

namespace Matrixd.Server;

/// <summary>The forms of an answer.</summary>
internal static class Replies
{
    public static Task TextAsync(HttpContext context, int status, string text)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = "text/plain; charset=utf-8";
        return response.WriteAsync(text + "\n");
    }

    public static async Task JsonAsync<T>(HttpContext context, int status, T value, JsonTypeInfo<T> type)
    {
        HttpResponse response = context.Response;
        response.StatusCode = status;
        response.ContentType = "application/json";
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        await response.BodyWriter.WriteAsync(JsonSerializer.SerializeToUtf8Bytes(value, type));
    }

    /// <summary>503: full or draining. Exotel retries once; the second try finds a free place, or another server.</summary>
    public static Task BusyAsync(HttpContext context, string why)
    {
        context.Response.Headers.RetryAfter = "5";
        return TextAsync(context, StatusCodes.Status503ServiceUnavailable, why);
    }

    /// <summary>An address, a credential or a token that is not good; 429 where its network has failed too often.</summary>
    public static Task RefuseAsync(HttpContext context, bool tooMany, int status, string why)
    {
        if (tooMany)
        {
            context.Response.Headers.RetryAfter = "60"; // the throttle counts by the minute
            return TextAsync(context, StatusCodes.Status429TooManyRequests, "too many failures from this network");
        }

        if (status == StatusCodes.Status401Unauthorized)
        {
            context.Response.Headers.WWWAuthenticate = "Basic realm=\"matrixd\"";
        }

        return TextAsync(context, status, why);
    }

    public static Task NotAllowedAsync(HttpContext context, string methods)
    {
        context.Response.Headers.Allow = methods;
        return TextAsync(context, StatusCodes.Status405MethodNotAllowed, $"{methods} only");
    }
}
