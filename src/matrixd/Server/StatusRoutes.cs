using Matrixd.Calls;
using Microsoft.AspNetCore.Http;

namespace Matrixd.Server;

/// <summary>Health for load balancers, metrics for Prometheus.</summary>
internal sealed class StatusRoutes(CallRegistry registry, Credentials credentials, Func<string> metrics)
{
    /// <summary>Open to all: says whether new calls are taken, and nothing about any of them.</summary>
    public Task HealthAsync(HttpContext context)
    {
        string status = registry.IsDraining ? "draining" : registry.IsFull ? "overloaded" : "ok";
        HealthReply reply = new(status, registry.Slots, registry.MaxCalls);
        return Replies.JsonAsync(context, status == "ok" ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable, reply, ApiJson.Default.HealthReply);
    }

    public Task MetricsAsync(HttpContext context)
    {
        if (!ClientAddress.IsLocal(context) && !credentials.IsAdmin(context))
        {
            context.Response.Headers.WWWAuthenticate = "Bearer";
            return Replies.TextAsync(context, StatusCodes.Status401Unauthorized, "the admin token is needed");
        }

        context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
        return context.Response.WriteAsync(metrics());
    }
}
