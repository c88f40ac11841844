using System.Net;
using System.Security.Authentication;
using Matrixd.Calls;
using Matrixd.Transport;
using Matrixd.Transport.Loop;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Matrixd.Server;

/// <summary>Kestrel, as the daemon uses it: HTTP/1.1, small limits, socket completions inline, one handler for everything.</summary>
internal sealed class DaemonServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private DaemonServer(WebApplication app) => _app = app;

    /// <summary>Addresses it listens on; a port 0 of the configuration is the one that was given.</summary>
    public IReadOnlyList<string> Addresses => [.. _app.Urls];

    /// <summary>Binds and serves.</summary>
    /// <param name="calls">Calls at the same time; bounds the sockets.</param>
    /// <param name="loops">Serve the sockets; null: the portable way.</param>
    /// <exception cref="IOException">An address cannot be bound.</exception>
    public static async Task<DaemonServer> StartAsync(
        ServerOptions options, int calls, CertificateHolder? certificate, EventLoops? loops, RequestDelegate handler, ILoggerFactory loggers, CancellationToken stopping)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton(loggers);
        builder.Services.AddSingleton<IHostLifetime, NoSignals>();
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
        builder.Services.AddSingleton<IConnectionListenerFactory>(loops is null ? new PortableListenerFactory(loggers) : new LoopListenerFactory(loops, loggers)); // the last one is asked first
        builder.Services.Configure<KestrelServerOptions>(kestrel => Configure(kestrel, options, calls, certificate));
        WebApplication app = builder.Build();
        app.Run(handler);
        await app.StartAsync(stopping);
        return new DaemonServer(app);
    }

    /// <summary>Closes the listener and what is left of the connections.</summary>
    public async ValueTask DisposeAsync()
    {
        using CancellationTokenSource bound = new(TimeSpan.FromSeconds(2)); // the calls are gone; what is left are idle connections
        await _app.StopAsync(bound.Token);
        await _app.DisposeAsync();
    }

    private static void Configure(KestrelServerOptions kestrel, ServerOptions options, int calls, CertificateHolder? certificate)
    {
        kestrel.AddServerHeader = false;
        kestrel.AllowSynchronousIO = false;
        KestrelServerLimits limits = kestrel.Limits;
        limits.MaxConcurrentConnections = (2 * calls) + 500;
        limits.MaxConcurrentUpgradedConnections = (2 * calls) + 500; // a backstop: beyond it Kestrel answers 500; admission answers 503 before
        limits.RequestHeadersTimeout = TimeSpan.FromSeconds(5);
        limits.KeepAliveTimeout = TimeSpan.FromSeconds(30);
        limits.MaxRequestHeadersTotalSize = 16 * 1024;
        limits.MaxRequestHeaderCount = 40;
        limits.MaxRequestLineSize = 4 * 1024;
        limits.MaxRequestBodySize = 64 * 1024;
        limits.MaxResponseBufferSize = 16 * 1024; // what lies here of a caller's audio can neither be dropped nor taken back
        foreach (ListenAddress address in options.Listen)
        {
            Listen(kestrel, address, listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                if (address.Tls)
                {
                    listen.UseHttps(new TlsHandshakeCallbackOptions
                    {
                        HandshakeTimeout = TimeSpan.FromSeconds(5),
                        OnConnection = _ => ValueTask.FromResult(new System.Net.Security.SslServerAuthenticationOptions
                        {
                            ServerCertificateContext = certificate!.Current,
                            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13,
                            ApplicationProtocols = [System.Net.Security.SslApplicationProtocol.Http11],
                            AllowRenegotiation = false,
                        }),
                    });
                }
            });
        }
    }

    private static void Listen(KestrelServerOptions kestrel, ListenAddress address, Action<ListenOptions> configure)
    {
        if (string.Equals(address.Host, "localhost", StringComparison.OrdinalIgnoreCase))
        {
            kestrel.ListenLocalhost(address.Port, configure);
        }
        else
        {
            kestrel.Listen(IPAddress.Parse(address.Host), address.Port, configure);
        }
    }

    // The daemon has its own way with signals: the host's would stop Kestrel at the first SIGTERM, with calls on it.
    private sealed class NoSignals : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
