using System.Net;
using Matrixd.Transport;
using Microsoft.AspNetCore.Http;

namespace Matrixd.Simulation;

/// <summary>The production WebSocket path as an echo: what conformance suites are run against.</summary>
/// <remarks>Lives from <see cref="StartAsync"/> to <see cref="DisposeAsync"/>, which cuts what is still open.</remarks>
internal sealed class EchoSimulator : IAsyncDisposable
{
    /// <summary>Conformance suites send messages of 16 MiB in up to 16 Ki fragments.</summary>
    public const int DefaultMessageBytes = 16 * 1024 * 1024;

    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new(); // connections come and go on many threads
    private readonly HashSet<WebSocketLink> _open = [];
    private readonly WebSocketLimits _limits;
    private SimulatorHost? _host;

    private EchoSimulator(int maxMessageBytes) => _limits = new WebSocketLimits
    {
        MaxMessageBytes = maxMessageBytes,
        MaxFragments = 1 << 18,
        MaxEmptyFragments = 1 << 10,
        SendQueueBytes = Math.Max(1024 * 1024, (maxMessageBytes * 2) + 1024),
    };

    public SimulationTime Time { get; } = new();

    public string Url => $"ws://{_host!.EndPoint}/";

    public static async Task<EchoSimulator> StartAsync(IPEndPoint listen, int maxMessageBytes, CancellationToken cancellation = default)
    {
        EchoSimulator simulator = new(maxMessageBytes);
        simulator._host = await SimulatorHost.StartAsync(listen, null, simulator.HandleAsync, cancellation);
        return simulator;
    }

    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            foreach (WebSocketLink link in _open)
            {
                link.Abort();
            }
        }

        await _host!.StopAsync(s_stopLimit);
        await _host.DisposeAsync();
        Time.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        if (WebSocketHandshake.Check(context) is { } refusal)
        {
            await WebSocketHandshake.RefuseAsync(context, refusal);
            return;
        }

        WebSocketLink link = await WebSocketHandshake.AcceptAsync(context, _limits, Time.Wheel);
        lock (_gate)
        {
            _open.Add(link);
        }

        await link.RunAsync(new Echo(link));
        lock (_gate)
        {
            _open.Remove(link);
        }
    }

    private sealed class Echo(WebSocketLink link) : IWebSocketSink
    {
        public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
        {
            if (!link.Send(opcode, message))
            {
                link.Close(1008, "reads too slowly");
            }
        }

        public void OnBatchEnd() => link.Flush();

        public void OnClosed(WebSocketClose close)
        {
        }
    }
}
