using Matrixd.Gemini;

namespace Matrixd.Tests.Support;

/// <summary>A token service against a token endpoint on loopback, under virtual time.</summary>
internal sealed class GeminiTokenRig : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly CancellationTokenSource _stop = new();
    private readonly GeminiHttp _http;
    private Task _running = Task.CompletedTask;

    private GeminiTokenRig(GeminiTime time, GeminiMintServer server, StoredToken? stored, GeminiOptions options, double jitter)
    {
        Time = time;
        Server = server;
        Shelf = new GeminiTokenShelf { Shared = stored };
        _http = new GeminiHttp(options, time);
        Tokens = new TokenService(_http, options, Shelf, time, Log, new FixedRandom(jitter));
    }

    public GeminiTime Time { get; }

    public GeminiMintServer Server { get; }

    public GeminiTokenShelf Shelf { get; }

    public AgentsLog<TokenService> Log { get; } = new();

    public TokenService Tokens { get; }

    /// <param name="jitter">What every draw of chance gives, 0 to 1; 0.5 is no jitter for a refresh.</param>
    public static async Task<GeminiTokenRig> StartAsync(
        Func<GeminiTime, StoredToken>? stored = null, Func<GeminiOptions, GeminiOptions>? configure = null, double jitter = 0.5)
    {
        var time = new GeminiTime();
        GeminiMintServer server = await GeminiMintServer.StartAsync(time);
        GeminiOptions options = configure?.Invoke(server.Options()) ?? server.Options();
        return new GeminiTokenRig(time, server, stored?.Invoke(time), options, jitter);
    }

    public async Task<StoredToken> TakeAsync() => await Tokens.GetAsync(CancellationToken.None).AsTask().WaitAsync(s_patience);

    public void Run() => _running = Tokens.RunAsync(_stop.Token);

    /// <summary>Waits until the service's loop sleeps; tells for how long.</summary>
    public Task<TimeSpan> AsleepAsync() => Time.ArmedAsync(due => due != GeminiHttp.Timeout);

    /// <summary>Moves time on, one sleep of the loop after the other, until the next mint arrives; gives the time that passed.</summary>
    public async Task<TimeSpan> UntilMintAsync()
    {
        DateTimeOffset from = Time.GetUtcNow();
        Task<AgentsLoopbackServer.Request> next = Server.NextAsync();
        while (true)
        {
            Time.Advance(await AsleepAsync());
            TimeSpan due = await Time.ArmedAsync(_ => true);
            if (due == GeminiHttp.Timeout)
            {
                await next;
                return Time.GetUtcNow() - from;
            }

            Time.Rearmed(due);
        }
    }

    public async Task StopAsync()
    {
        await _stop.CancelAsync();
        await _running.WaitAsync(s_patience);
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Tokens.Dispose();
        _http.Dispose();
        _stop.Dispose();
        await Server.DisposeAsync();
    }

    private sealed class FixedRandom(double value) : Random
    {
        public override double NextDouble() => value;
    }
}
