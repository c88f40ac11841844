using System.Net;
using System.Text;
using Matrixd.Transport;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Matrixd.Simulation;

/// <summary>Google's end of the line: tokens, model list and the Live API, on loopback.</summary>
/// <remarks>
/// Lives from <see cref="StartAsync"/> to <see cref="DisposeAsync"/>, which cuts what is still open. Doors may be used from any thread;
/// one lock guards the lists that tests read.
/// </remarks>
internal sealed class GeminiSimulator : IAsyncDisposable
{
    private static readonly TimeSpan s_stopLimit = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private readonly GeminiSimulatorOptions _options;
    private readonly GeminiShared _shared;
    private readonly GeminiRest _rest;
    private readonly SimulatedTls? _tls;
    private readonly Watcher _watcher = new();
    private readonly CancellationTokenSource _stopping = new();
    private readonly HashSet<GeminiConnection> _open = [];
    private readonly List<GeminiConnection> _connections = [];
    private readonly List<GeminiRequest> _requests = [];
    private SimulatorHost? _host;
    private int _count;

    private GeminiSimulator(GeminiSimulatorOptions options)
    {
        _options = options;
        SimulationTime time = new(options.Wheel);
        GeminiTokenDesk tokens = new(time.Wheel.Clock);
        _shared = new GeminiShared(options, time, tokens, new GeminiSessions(time.Wheel.Clock, options.MaxSessions), new FaultBook(options.Faults), new SpeechSynthesis());
        _rest = new GeminiRest(tokens, options.ApiKey);
        _tls = options.Tls ? new SimulatedTls(DateTimeOffset.UtcNow) : null;
    }

    /// <summary>http(s)://address:port, what a client takes for base_url.</summary>
    public string BaseUrl => $"{(_tls is null ? "http" : "https")}://{EndPoint}";

    public IPEndPoint EndPoint => _host!.EndPoint;

    /// <summary>The authority that a TLS client must trust (PEM); empty without TLS.</summary>
    public string AuthorityPem => _tls?.AuthorityPem ?? "";

    public GeminiTokenDesk Tokens => _shared.Tokens;

    public SimulationTime Time => _shared.Time;

    /// <summary>All connections so far, in order.</summary>
    public IReadOnlyList<GeminiConnection> Connections
    {
        get
        {
            lock (_gate)
            {
                return [.. _connections];
            }
        }
    }

    /// <summary>All HTTP requests so far, upgrades too, in order.</summary>
    public IReadOnlyList<GeminiRequest> Requests
    {
        get
        {
            lock (_gate)
            {
                return [.. _requests];
            }
        }
    }

    /// <summary>Connections open now.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    public static async Task<GeminiSimulator> StartAsync(GeminiSimulatorOptions options, CancellationToken cancellation = default)
    {
        GeminiSimulator simulator = new(options);
        simulator._host = await SimulatorHost.StartAsync(options.Listen, simulator._tls?.Certificate, simulator.HandleAsync, cancellation);
        return simulator;
    }

    /// <summary>The connection with this number, once it is there.</summary>
    public async Task<GeminiConnection> ConnectionAsync(int index, TimeSpan? limit = null)
    {
        await _watcher.WaitAsync(() => Connections.Count > index, $"connection {index}", limit);
        return Connections[index];
    }

    /// <summary>Waits until this many HTTP requests have come.</summary>
    public Task RequestsAsync(int count, TimeSpan? limit = null) => _watcher.WaitAsync(() => Requests.Count >= count, $"{count} requests", limit);

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        GeminiConnection[] open;
        lock (_gate)
        {
            open = [.. _open];
        }

        foreach (GeminiConnection connection in open)
        {
            connection.Drop();
        }

        await _host!.StopAsync(s_stopLimit);
        await _host.DisposeAsync();
        _shared.Time.Dispose();
        _shared.Speech.Dispose();
        _tls?.Dispose();
        _stopping.Dispose();
    }

    private async Task HandleAsync(HttpContext context)
    {
        GeminiRequest request = await ReadAsync(context);
        if (_options.Remember)
        {
            lock (_gate)
            {
                _requests.Add(request);
            }

            _watcher.Pulse();
        }

        try
        {
            if (GeminiDoor.IsPath(context.Request.Path.Value ?? ""))
            {
                await UpgradeAsync(context, request);
            }
            else
            {
                await AnswerAsync(context, request);
            }
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested || context.RequestAborted.IsCancellationRequested)
        {
            context.Abort(); // a stalled answer at the simulator's or the client's end
        }
    }

    private static async Task<GeminiRequest> ReadAsync(HttpContext context)
    {
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues value) in context.Request.Headers)
        {
            headers[name] = value.ToString();
        }

        using StreamReader reader = new(context.Request.Body, Encoding.UTF8);
        string body = HttpMethods.IsPost(context.Request.Method) ? await reader.ReadToEndAsync(context.RequestAborted) : "";
        string target = context.Features.Get<IHttpRequestFeature>()!.RawTarget;
        return new GeminiRequest(context.Request.Method, target, context.Request.Protocol, headers, body);
    }

    private async Task AnswerAsync(HttpContext context, GeminiRequest request)
    {
        FaultStage stage = HttpMethods.IsPost(request.Method) ? FaultStage.Mint : FaultStage.Models;
        if (await GeminiHttpFaults.StrikeAsync(context, _shared, stage, _stopping.Token))
        {
            return;
        }

        GeminiAnswer answer = _options.OnRest?.Invoke(request) ?? _rest.Answer(request);
        await GeminiHttpFaults.WriteAsync(context, answer);
    }

    private async Task UpgradeAsync(HttpContext context, GeminiRequest request)
    {
        if (WebSocketHandshake.Check(context) is { } refusal)
        {
            await WebSocketHandshake.RefuseAsync(context, refusal);
            return;
        }

        if (await GeminiHttpFaults.StrikeAsync(context, _shared, FaultStage.Upgrade, _stopping.Token))
        {
            return;
        }

        GeminiDoor door = GeminiDoor.Judge(context.Request.Path.Value!, context.Request.QueryString.Value ?? "",
            request.Headers.GetValueOrDefault("x-goog-api-key", ""), _options.ApiKey, _shared.Tokens);
        WebSocketLink link = await WebSocketHandshake.AcceptAsync(context, _options.Limits, _shared.Time.Wheel);
        GeminiConnection connection = Add(link, GeminiHttpFaults.ResetOf(context), request, door.Token);
        await connection.RunAsync(door.Refusal);
        lock (_gate)
        {
            _open.Remove(connection);
        }
    }

    private GeminiConnection Add(WebSocketLink link, Action reset, GeminiRequest request, GeminiToken? token)
    {
        GeminiConnection connection;
        lock (_gate)
        {
            connection = new GeminiConnection(_shared, link, reset, request, token, _count++);
            _open.Add(connection);
            if (_options.Remember)
            {
                _connections.Add(connection);
            }
        }

        _watcher.Pulse();
        return connection;
    }
}
