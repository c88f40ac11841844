using Matrixd.Calls;
using Matrixd.Timing;
using Matrixd.Transport;

namespace Matrixd.Gemini;

/// <summary>Opens sockets to Gemini Live with the shared token, and judges how they ended. One for the daemon; any thread.</summary>
/// <param name="dialer">Opens the sockets; null: over the network.</param>
internal sealed class GeminiEndpoint(GeminiOptions options, TokenService tokens, TimerWheel wheel, GeminiCounters counters, IGeminiDialer? dialer = null)
{
    private static readonly WebSocketLimits s_limits = new()
    {
        MaxMessageBytes = 8 * 1024 * 1024,
        MaxFragments = 1024,
        MaxEmptyFragments = 8,
        SendQueueBytes = 1024 * 1024,
        PingInterval = TimeSpan.FromSeconds(30),
    };

    private readonly IGeminiDialer _dialer = dialer ?? new GeminiDialer(wheel);

    public GeminiOptions Options => options;

    public GeminiCounters Counters => counters;

    /// <summary>Takes the token and dials. Never throws but for cancellation: how it failed is in the result.</summary>
    public async Task<GeminiSocket> DialAsync(CallSid callSid, CancellationToken closing)
    {
        StoredToken token;
        try
        {
            token = await tokens.GetAsync(closing);
        }
        catch (TokenException e)
        {
            return GeminiSocket.Failed(GeminiFailure.Of(CallEndReason.ModelUnreachable, e.Message));
        }

        Interlocked.Increment(ref counters.Dials);
        try
        {
            return new GeminiSocket(await _dialer.DialAsync(callSid, Target(token), s_limits with { CloseTimeout = options.CloseTimeout }, closing), token, null);
        }
        catch (DialException e)
        {
            Interlocked.Increment(ref counters.DialFailures);
            return GeminiSocket.Failed(Counted(GeminiFailure.OfDial(e, options.ApiKey, Evidence(token))));
        }
    }

    /// <summary>Says how a socket's end is to be taken.</summary>
    /// <returns>Null where the dial is worth repeating with another token.</returns>
    public GeminiFailure? Judge(GeminiSocket socket, GeminiConnection connection, bool mayRetry)
    {
        GeminiFailure failure = Counted(GeminiFailure.OfClose(connection, options.ApiKey, Evidence(socket.Token!) with
        {
            AudioMessages = connection.AudioMessages,
            ToolPending = connection.HasPendingTool,
            ModelKnown = connection.Quirks?.IsKnown,
        }));
        if (mayRetry && !connection.IsReady && failure.IsTokenRefused && tokens.Invalidate(socket.Token!, connection.Close.Reason))
        {
            Interlocked.Increment(ref counters.TokenRetries);
            return null;
        }

        return failure;
    }

    private GeminiFailure Counted(GeminiFailure failure)
    {
        counters.Closes.Add(failure.Cause!);
        return failure;
    }

    private CloseEvidence Evidence(StoredToken token)
    {
        DateTimeOffset now = wheel.Clock.GetUtcNow() + tokens.State.ClockSkew;
        return new CloseEvidence { HadToken = true, PlainMethod = false, WindowLeft = token.NewSessionUntil - now, LifeLeft = token.ExpiresAt - now };
    }

    // The slash in the token's name goes out as it is: an escaped one is refused as an unregistered caller.
    private WebSocketDialTarget Target(StoredToken token) => new()
    {
        Host = options.BaseUrl.Host,
        Port = options.BaseUrl.Port,
        Tls = options.BaseUrl.Scheme == Uri.UriSchemeHttps,
        RequestTarget = $"{options.BaseUrl.AbsolutePath.TrimEnd('/')}/ws/google.ai.generativelanguage.{options.ApiVersion}.GenerativeService.BidiGenerateContentConstrained?access_token={token.Value}",
        CaFile = options.CaFile,
        Proxy = options.Proxy,
    };
}

/// <param name="Link">Null where the dial failed.</param>
/// <param name="Token">The token it was dialled with.</param>
internal sealed record GeminiSocket(WebSocketLink? Link, StoredToken? Token, GeminiFailure? Failure)
{
    public static GeminiSocket Failed(GeminiFailure failure) => new(null, null, failure);
}
