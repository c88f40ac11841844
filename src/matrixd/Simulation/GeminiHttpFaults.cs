using System.Globalization;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace Matrixd.Simulation;

/// <summary>Faults before there is a WebSocket: statuses, delays, silence, resets, nonsense.</summary>
internal static class GeminiHttpFaults
{
    /// <summary>Does what is planned for a request of this stage.</summary>
    /// <returns>True: the request has had its answer.</returns>
    public static async Task<bool> StrikeAsync(HttpContext context, GeminiShared shared, FaultStage stage, CancellationToken stopping)
    {
        using CancellationTokenSource end = CancellationTokenSource.CreateLinkedTokenSource(stopping, context.RequestAborted);
        foreach (FaultSpec fault in shared.Faults.Take(stage, http: true))
        {
            switch (fault.Kind)
            {
                case FaultKind.Late:
                    await Task.Delay(fault.Delay, shared.Time.Wheel.Clock, end.Token);
                    break;
                case FaultKind.Status:
                    await WriteAsync(context, GeminiAnswer.Error(fault.Code, "Injected fault.", (int)fault.Notice.TotalSeconds));
                    return true;
                case FaultKind.Stall:
                    await Task.Delay(Timeout.InfiniteTimeSpan, end.Token);
                    return true;
                case FaultKind.Drop:
                    ResetOf(context)();
                    context.Abort();
                    return true;
                case FaultKind.Garbage:
                    await WriteAsync(context, new GeminiAnswer(200, "<!doctype html><title>Sign in</title>"));
                    return true;
            }
        }

        return false;
    }

    public static Task WriteAsync(HttpContext context, GeminiAnswer answer)
    {
        context.Response.StatusCode = answer.Status;
        context.Response.ContentType = "application/json; charset=UTF-8";
        if (answer.RetryAfter > 0)
        {
            context.Response.Headers.RetryAfter = answer.RetryAfter.ToString(CultureInfo.InvariantCulture);
        }

        return context.Response.WriteAsync(answer.Body);
    }

    /// <summary>What resets the request's TCP connection: a close with nothing lingering sends RST.</summary>
    public static Action ResetOf(HttpContext context)
    {
        Socket? socket = context.Features.Get<IConnectionSocketFeature>()?.Socket;
        return () => socket?.Close(0);
    }
}
