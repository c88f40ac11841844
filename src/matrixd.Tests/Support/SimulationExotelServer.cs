using System.Net;
using System.Text;
using Matrixd.Simulation;
using Matrixd.Timing;
using Matrixd.Transport;
using Microsoft.AspNetCore.Http;

namespace Matrixd.Tests.Support;

/// <summary>The bridge's side of an Exotel line, without a bridge: a test says what goes down it.</summary>
internal sealed class SimulationExotelServer : IWebSocketSink, IAsyncDisposable
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    private readonly Lock _gate = new();
    private readonly Watcher _watcher = new();
    private readonly List<string> _received = [];
    private readonly List<IHeaderDictionary> _headers = [];
    private readonly List<string> _targets = [];
    private readonly TimerWheel _wheel;
    private readonly Queue<int> _refusals;
    private SimulatorHost? _host;
    private WebSocketLink? _link;

    private SimulationExotelServer(TimerWheel wheel, int[] refusals)
    {
        _wheel = wheel;
        _refusals = new Queue<int>(refusals);
    }

    public Uri Url => new($"ws://{_host!.EndPoint}/exotel");

    public IReadOnlyList<string> Received => Locked(() => _received.ToArray());

    public IReadOnlyList<string> Targets => Locked(() => _targets.ToArray());

    public IReadOnlyList<IHeaderDictionary> Headers => Locked(() => _headers.ToArray());

    public WebSocketClose? Closed { get; private set; }

    /// <param name="refusals">Statuses that the first handshakes get.</param>
    public static async Task<SimulationExotelServer> StartAsync(TimerWheel wheel, params int[] refusals)
    {
        SimulationExotelServer server = new(wheel, refusals);
        server._host = await SimulatorHost.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), null, server.HandleAsync, CancellationToken.None);
        return server;
    }

    public void Send(string text)
    {
        _link!.Send(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(text));
        _link.Flush();
    }

    public void SendMedia(string streamSid, ReadOnlySpan<byte> pcm) =>
        Send($$$$"""{"event":"media","stream_sid":"{{{{streamSid}}}}","media":{"payload":"{{{{Convert.ToBase64String(pcm)}}}}"}}""");

    public void Close(ushort code, string reason) => _link!.Close(code, reason);

    public Task WaitAsync(Func<IReadOnlyList<string>, bool> condition, string what) => _watcher.WaitAsync(() => condition(Received), what, s_limit);

    public Task ClosedAsync() => _watcher.WaitAsync(() => Closed is not null, "the end of the line", s_limit);

    public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
    {
        string text = Encoding.UTF8.GetString(message);
        lock (_gate)
        {
            _received.Add(text);
        }

        _watcher.Pulse();
    }

    public void OnBatchEnd()
    {
    }

    public void OnClosed(WebSocketClose close)
    {
        Closed = close;
        _watcher.Pulse();
    }

    public async ValueTask DisposeAsync()
    {
        _link?.Abort();
        await _host!.StopAsync(s_limit);
        await _host.DisposeAsync();
    }

    private T Locked<T>(Func<T> read)
    {
        lock (_gate)
        {
            return read();
        }
    }

    private async Task HandleAsync(HttpContext context)
    {
        int refusal;
        lock (_gate)
        {
            _headers.Add(new HeaderDictionary(context.Request.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase))); // Kestrel takes its own back
            _targets.Add(context.Features.Get<Microsoft.AspNetCore.Http.Features.IHttpRequestFeature>()!.RawTarget);
            _refusals.TryDequeue(out refusal);
        }

        if (refusal != 0)
        {
            context.Response.StatusCode = refusal;
            return;
        }

        _link = await WebSocketHandshake.AcceptAsync(context, new WebSocketLimits(), _wheel);
        await _link.RunAsync(this);
    }
}
