using System.Net;

namespace Matrixd.Agents;

/// <summary>The HTTP client that all tools of all agents share, and the bound on how much of it they hold.</summary>
/// <remarks>Lives as long as the daemon; any thread.</remarks>
internal sealed class ToolHttp : IDisposable
{
    /// <summary>
    /// Tool calls of all calls at the same time: each holds a socket and up to an answer's bytes (64 KiB by default, 16 MiB together), and a
    /// model waits for one tool at a time as a rule, so this is more than some hundred calls need at once.
    /// </summary>
    public const int MaxConcurrent = 256;

    // So that a changed address behind a name is seen within a minute.
    private static readonly TimeSpan s_connectionLifetime = TimeSpan.FromSeconds(60);

    public ToolHttp(TimeProvider time)
    {
        Time = time;
        Client = new HttpClient(new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // headers may be secrets, and the configured host is the one that was meant
            PooledConnectionLifetime = s_connectionLifetime,
            ConnectTimeout = TimeSpan.FromSeconds(3),
            UseCookies = false, // one call's session must not become another's
            UseProxy = false, // tools stand near the daemon
            AutomaticDecompression = DecompressionMethods.None, // a small answer can unpack into a large one
            MaxResponseHeadersLength = 16, // [KiB]
        })
        {
            Timeout = Timeout.InfiniteTimeSpan, // every tool has its own
        };
    }

    public HttpClient Client { get; }

    public TimeProvider Time { get; }

    public SemaphoreSlim Slots { get; } = new(MaxConcurrent, MaxConcurrent);

    public void Dispose()
    {
        Client.Dispose();
        Slots.Dispose();
    }
}
