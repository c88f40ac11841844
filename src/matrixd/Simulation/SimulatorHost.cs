using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Matrixd.Simulation;

/// <summary>One Kestrel listener for a simulator.</summary>
/// <remarks>Started once, disposed once; the handler runs on Kestrel's threads.</remarks>
internal sealed class SimulatorHost : IAsyncDisposable
{
    private const int MaxRequestBody = 256 * 1024; // a token request with a setup inside

    private readonly WebApplication _app;

    private SimulatorHost(WebApplication app, IPEndPoint endPoint)
    {
        _app = app;
        EndPoint = endPoint;
    }

    /// <summary>Where it really listens.</summary>
    public IPEndPoint EndPoint { get; }

    /// <param name="certificate">TLS with h2 and http/1.1 in ALPN; null: plain http/1.1.</param>
    public static async Task<SimulatorHost> StartAsync(IPEndPoint listen, X509Certificate2? certificate, RequestDelegate handler, CancellationToken cancellation)
    {
        WebApplicationBuilder builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        builder.WebHost.UseKestrelCore();
        if (certificate is not null)
        {
            builder.WebHost.UseKestrelHttpsConfiguration();
        }

        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = MaxRequestBody;
            kestrel.Listen(listen, options =>
            {
                options.Protocols = certificate is null ? HttpProtocols.Http1 : HttpProtocols.Http1AndHttp2;
                if (certificate is not null)
                {
                    options.UseHttps(certificate);
                }
            });
        });
        WebApplication app = builder.Build();
        app.Run(handler);
        await app.StartAsync(cancellation);
        string address = app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First();
        return new SimulatorHost(app, IPEndPoint.Parse(new Uri(address).Authority));
    }

    /// <summary>Stops listening and waits until the handlers have ended, at most <paramref name="limit"/>.</summary>
    public async Task StopAsync(TimeSpan limit)
    {
        using CancellationTokenSource late = new(limit);
        await _app.StopAsync(late.Token);
    }

    public async ValueTask DisposeAsync() => await _app.DisposeAsync();
}
