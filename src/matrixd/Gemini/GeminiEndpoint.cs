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

    /// <summary>Where legs wait for their turn to come back.</summary>
    public ReconnectPacer Pacer { get; } = new(wheel, () => Interlocked.Read(ref counters.Legs));

    public TimeProvider Clock => wheel.Clock;

    /// <summary>Monotonic.</summary>
    public TimeSpan Now => wheel.Now;

    /// <summary>Told that the project's quota is used up, and for how long nothing more should be asked of it.</summary>
    public Action<TimeSpan>? OnQuota { get; init; }

    /// <summary>0 to 1, for jitter.</summary>
    public Func<double> Random { get; init; } = System.Random.Shared.NextDouble;

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
            return new GeminiSocket(null, null, GeminiFailure.Of(CallEndReason.ModelUnreachable, e.Message));
        }

        Interlocked.Increment(ref counters.Dials);
        try
        {
            return new GeminiSocket(await _dialer.DialAsync(callSid, TargetOf(options, token), s_limits with { CloseTimeout = options.CloseTimeout }, closing), token, null);
        }
        catch (DialException e)
        {
            Interlocked.Increment(ref counters.DialFailures);
            return new GeminiSocket(null, token, Counted(GeminiFailure.OfDial(e, options.ApiKey, Evidence(token))));
        }
    }

    /// <summary>Gives the token of a socket up: it was refused.</summary>
    /// <returns>True where the next dial has another.</returns>
    public bool ReplaceToken(GeminiSocket socket, string why)
    {
        if (!tokens.Invalidate(socket.Token!, why))
        {
            return false;
        }

        Interlocked.Increment(ref counters.TokenRetries);
        return true;
    }

    /// <summary>Says how a socket's end is to be taken, and counts it where it was not ours.</summary>
    public GeminiFailure Judge(GeminiSocket socket, GeminiConnection connection)
    {
        GeminiFailure failure = GeminiFailure.OfClose(connection, options.ApiKey, Evidence(socket.Token!) with
        {
            AudioMessages = connection.AudioMessages,
            ToolPending = connection.HasPendingTool,
            ModelKnown = connection.Quirks?.IsKnown,
            Resumed = connection.Resumes.Length > 0,
        });
        return connection.Close.Cause is WebSocketCloseCause.Local or WebSocketCloseCause.Aborted ? failure : Counted(failure);
    }

    /// <summary>Cuts a connection that is being closed, should it still be there then.</summary>
    public void CutAfter(WebSocketLink link, TimeSpan time) => wheel.Set(new WheelTimer(link.Abort), time);

    private GeminiFailure Counted(GeminiFailure failure)
    {
        counters.Closes.Add(failure.Cause!);
        if (failure.Cause!.Quota)
        {
            OnQuota?.Invoke(Recovery.QuotaBackOff);
        }

        return failure;
    }

    private CloseEvidence Evidence(StoredToken token)
    {
        DateTimeOffset now = wheel.Clock.GetUtcNow() + tokens.State.ClockSkew;
        return new CloseEvidence { HadToken = true, PlainMethod = false, WindowLeft = token.NewSessionUntil - now, LifeLeft = token.ExpiresAt - now };
    }

    // The slash in the token's name goes out as it is: an escaped one is refused as an unregistered caller.
    public static WebSocketDialTarget TargetOf(GeminiOptions options, StoredToken token) => new()
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
/// <param name="Token">The token it was dialled with; null: there was none.</param>
internal sealed record GeminiSocket(WebSocketLink? Link, StoredToken? Token, GeminiFailure? Failure);
