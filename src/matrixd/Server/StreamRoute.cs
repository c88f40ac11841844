using Matrixd.Calls;
using Matrixd.Exotel;
using Matrixd.Timing;
using Matrixd.Transport;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Matrixd.Server;

/// <summary>The socket Exotel opens: who is let in, and how. Nothing is spent on anyone before this has passed.</summary>
/// <remarks>Order: Origin, handshake, address, credential or path token, then room. The answers do not tell more than the status.</remarks>
/// <param name="tap">Puts somebody beside a link who watches it; null: nobody does.</param>
internal sealed class StreamRoute(
    ExotelOptions options, Credentials credentials, ClientAddress clients, FailureThrottle throttle, WarmSessions warm, CallHost host,
    ExotelCounters counters, ServerCounters serverCounters, TimerWheel wheel, ILoggerFactory loggers,
    Func<WebSocketLink, WebSocketLink>? tap = null)
{
    private readonly ILogger<ExotelLeg> _logger = loggers.CreateLogger<ExotelLeg>();

    // Exotel sends 50 frames a second of up to 48 kB/s; four times that is not a phone call any more.
    private readonly WebSocketLimits _limits = new()
    {
        MaxMessageBytes = 64 * 1024,
        MaxFragments = 64,
        MaxEmptyFragments = 8,
        MessagesPerSecond = 200,
        MessageBurst = 400,
        BytesPerSecond = 256 * 1024,
        ByteBurst = 1024 * 1024,
        SendQueueBytes = 256 * 1024,
        SendTimeout = TimeSpan.FromSeconds(15), // a line may stand still for 10 s and come back; the call itself ends where it is later still
        SocketSendBytes = 16 * 1024, // with what a line of 300 ms needs at 24 kHz: what the kernel holds beyond it could not be taken back
        CloseTimeout = options.CloseTimeout,
        PingInterval = TimeSpan.FromSeconds(20),
    };

    /// <param name="token">The path segment behind the stream path; null: none.</param>
    public async Task HandleAsync(HttpContext context, string? token)
    {
        if (context.Request.Headers.ContainsKey("Origin"))
        {
            // Telephony sends none; a browser that was lured here does.
            await Replies.TextAsync(context, StatusCodes.Status403Forbidden, "not for browsers");
            return;
        }

        if (WebSocketHandshake.Check(context) is { } refusal)
        {
            await WebSocketHandshake.RefuseAsync(context, refusal);
            return;
        }

        CallSid? warmCall = token is null ? null : warm.Find(token);
        if (!credentials.IsAllowedAddress(context))
        {
            await RefuseAsync(context, StatusCodes.Status403Forbidden, "address not allowed");
        }
        else if (token is not null && warmCall is null)
        {
            await RefuseAsync(context, StatusCodes.Status404NotFound, "not found");
        }
        else if (token is null && !credentials.HasBasic(context))
        {
            await RefuseAsync(context, StatusCodes.Status401Unauthorized, "credentials needed");
        }
        else if (!host.Registry.TryAdmit())
        {
            Interlocked.Increment(ref serverCounters.Busy);
            await Replies.BusyAsync(context, host.Registry.WhyNot);
        }
        else
        {
            await ServeAsync(context, warmCall, token);
        }
    }

    private async Task ServeAsync(HttpContext context, CallSid? warmCall, string? token)
    {
        Task usedUp = Task.CompletedTask;
        try
        {
            ExotelAdmission admission = new(warmCall, () => usedUp = token is null ? usedUp : warm.UseUpAsync(token));
            Interlocked.Increment(ref serverCounters.Upgrades);
            WebSocketLink link = await WebSocketHandshake.AcceptAsync(context, _limits, wheel);
            ExotelLeg leg = new(tap?.Invoke(link) ?? link, options, host, admission, counters, wheel, _logger);
            await leg.RunAsync();
            await usedUp; // gone from memory long ago; a row that stays behind expires by itself
        }
        finally
        {
            host.Registry.Release();
        }
    }

    private Task RefuseAsync(HttpContext context, int status, string why)
    {
        Interlocked.Increment(ref serverCounters.Refused);
        return Replies.RefuseAsync(context, throttle.Fail(clients.Of(context)), status, why);
    }
}
