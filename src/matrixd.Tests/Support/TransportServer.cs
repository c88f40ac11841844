using System.Net;
using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Matrixd.Timing;
using Matrixd.Transport;
using Matrixd.Transport.Loop;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Matrixd.Tests.Support;

/// <summary>Kestrel on a loopback port of its own, speaking the production WebSocket path.</summary>
/// <remarks>What Kestrel logs from Warning up is kept in <see cref="Complaints"/>: a healthy connection leaves none.</remarks>
internal sealed class TransportServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly TransportWheel _wheel = new();
    private readonly TransportServerLog _log;

    private TransportServer(WebApplication app, TransportServerLog log)
    {
        _app = app;
        _log = log;
    }

    public TransportWheel Wheel => _wheel;

    public int Port { get; private set; }

    /// <summary>Kestrel's own log lines, Warning and above.</summary>
    public IReadOnlyCollection<string> Complaints => _log.Lines;

    /// <summary>A server whose sockets are run with the sink that <paramref name="sink"/> makes for each link; on the test's own wheel, where it has one.</summary>
    public static Task<TransportServer> StartAsync(
        Func<WebSocketLink, IWebSocketSink> sink, WebSocketLimits? limits = null, X509Certificate2? certificate = null, TimerWheel? wheel = null)
        => StartAsync(
            async (context, server) =>
            {
                if (WebSocketHandshake.Check(context) is { } refusal)
                {
                    await WebSocketHandshake.RefuseAsync(context, refusal);
                    return;
                }

                WebSocketLink link = await WebSocketHandshake.AcceptAsync(context, limits ?? new WebSocketLimits(), wheel ?? server._wheel.Wheel);
                await link.RunAsync(sink(link));
            },
            certificate);

    /// <summary>A server that sends every message back.</summary>
    public static Task<TransportServer> EchoAsync(WebSocketLimits? limits = null, X509Certificate2? certificate = null)
        => StartAsync(link => new TransportEcho(link), limits, certificate);

    /// <summary>A server with a handler of the test's own.</summary>
    public static async Task<TransportServer> StartAsync(Func<HttpContext, TransportServer, Task> handler, X509Certificate2? certificate = null)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        var log = new TransportServerLog();
        builder.Services.AddLogging(logging => logging.AddProvider(log));
        builder.WebHost.UseKestrelCore();
        EventLoops? loops = TransportGround.Loops;
        builder.Services.AddSingleton<IConnectionListenerFactory>(services => loops is null
            ? new PortableListenerFactory(services.GetRequiredService<ILoggerFactory>())
            : new LoopListenerFactory(loops, services.GetRequiredService<ILoggerFactory>())); // as the daemon does

        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            if (certificate is not null)
            {
                listen.UseHttps(new HttpsConnectionAdapterOptions { ServerCertificate = certificate });
            }
        }));
        WebApplication app = builder.Build();
        var server = new TransportServer(app, log);
        app.Run(context => handler(context, server));
        await app.StartAsync();
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();
        server.Port = new Uri(address).Port;
        return server;
    }

    /// <summary>How to dial it.</summary>
    public WebSocketDialTarget Target(string requestTarget = "/", string caFile = "", string host = "127.0.0.1", bool tls = false) => new()
    {
        Host = host,
        Port = Port,
        Tls = tls || caFile.Length > 0,
        RequestTarget = requestTarget,
        CaFile = caFile,
        Loop = TransportGround.Loop,
    };

    public async ValueTask DisposeAsync()
    {
        using var late = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _app.StopAsync(late.Token);
        await _app.DisposeAsync();
        _wheel.Dispose();
    }
}
