using Matrixd.Exotel;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Matrixd.Server;

/// <summary>Sends each request to its route. The whole public surface of the daemon is this list.</summary>
internal sealed partial class Router(ExotelOptions exotel, StreamRoute stream, DynamicUrlRoute dynamicUrl, SessionsApi sessions, TapApi tap, StatusRoutes status, ILogger<Router> logger)
{
    private readonly ILogger _logger = logger;

    public async Task HandleAsync(HttpContext context)
    {
        try
        {
            await RouteAsync(context);
        }
#pragma warning disable CA1031 // the root of every request: an unforeseen fault is this request's 500, and the daemon lives
        catch (Exception e) when (e is not (OperationCanceledException or BadHttpRequestException))
#pragma warning restore CA1031
        {
            LogFault(e, context.Request.Method);
            if (!context.Response.HasStarted)
            {
                await Replies.TextAsync(context, StatusCodes.Status500InternalServerError, "internal error; the daemon's log has the details");
            }
        }
    }

    private Task RouteAsync(HttpContext context)
    {
        string path = context.Request.Path.Value ?? "";
        if (path == exotel.StreamPath)
        {
            return stream.HandleAsync(context, token: null);
        }

        if (path.StartsWith(exotel.StreamPath, StringComparison.Ordinal) && path.Length > exotel.StreamPath.Length + 1 && path[exotel.StreamPath.Length] == '/')
        {
            return stream.HandleAsync(context, path[(exotel.StreamPath.Length + 1)..]);
        }

        if (path == exotel.DynamicPath)
        {
            return dynamicUrl.HandleAsync(context);
        }

        return path switch
        {
            "/healthz" => status.HealthAsync(context),
            TapApi.Path => tap.HandleAsync(context),
            "/metrics" => status.MetricsAsync(context),
            _ when path == SessionsApi.Path || path.StartsWith(SessionsApi.Path + "/", StringComparison.Ordinal) => sessions.HandleAsync(context, path),
            _ => Replies.TextAsync(context, StatusCodes.Status404NotFound, "not found"),
        };
    }

    // Event ids 1600-1699 are this room's. Retired: none.
    [LoggerMessage(1600, LogLevel.Error, "unforeseen fault in a {Method} request")]
    private partial void LogFault(Exception e, string method);
}
