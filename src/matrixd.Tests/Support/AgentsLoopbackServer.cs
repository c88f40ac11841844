using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Matrixd.Tests.Support;

/// <summary>A real HTTP server on a loopback port that tells what it was asked.</summary>
internal sealed class AgentsLoopbackServer : IAsyncDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(30);
    private readonly WebApplication _app;
    private readonly Channel<Request> _seen = Channel.CreateUnbounded<Request>();
    private int _count;

    private AgentsLoopbackServer(WebApplication app) => _app = app;

    public Uri Url { get; private set; } = null!;

    /// <summary>Requests so far.</summary>
    public int Count => Volatile.Read(ref _count);

    public static async Task<AgentsLoopbackServer> StartAsync(Func<Request, HttpContext, Task> answer, X509Certificate2? certificate = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            if (certificate is not null)
            {
                listen.UseHttps(certificate);
            }
        }));
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        WebApplication app = builder.Build();
        var server = new AgentsLoopbackServer(app);
        app.Run(async http =>
        {
            using var reader = new StreamReader(http.Request.Body);
            var request = new Request(
                http.Request.Method,
                http.Features.Get<IHttpRequestFeature>()!.RawTarget,
                http.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
                await reader.ReadToEndAsync());
            Interlocked.Increment(ref server._count);
            server._seen.Writer.TryWrite(request);
            await answer(request, http);
        });
        await app.StartAsync();
        int port = new Uri(app.Urls.First()).Port;
        server.Url = new Uri($"{(certificate is null ? "http" : "https")}://127.0.0.1:{port}");
        return server;
    }

    /// <summary>The next request, in order of arrival.</summary>
    public async Task<Request> NextAsync() => await _seen.Reader.ReadAsync().AsTask().WaitAsync(s_patience);

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource(TimeSpan.FromSeconds(2));
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    /// <param name="Target">Path and query as they stood in the request line.</param>
    internal sealed record Request(string Method, string Target, Dictionary<string, string> Headers, string Body);
}
