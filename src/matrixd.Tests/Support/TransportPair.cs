using Matrixd.Transport;

namespace Matrixd.Tests.Support;

/// <summary>A dialled link and the accepted one at its other end, both running.</summary>
internal sealed class TransportPair : IAsyncDisposable
{
    private readonly TransportServer _server;

    private TransportPair(TransportServer server, WebSocketLink client, WebSocketLink accepted, TransportSink serverSink, TransportSink clientSink)
    {
        _server = server;
        Client = client;
        Server = accepted;
        ServerSink = serverSink;
        ClientSink = clientSink;
    }

    public WebSocketLink Client { get; }

    public WebSocketLink Server { get; }

    public TransportSink ClientSink { get; }

    public TransportSink ServerSink { get; }

    public IReadOnlyCollection<string> Complaints => _server.Complaints;

    public static async Task<TransportPair> OpenAsync(
        WebSocketLimits? limits = null, TransportSink? serverSink = null, TransportSink? clientSink = null, System.Security.Cryptography.X509Certificates.X509Certificate2? certificate = null, string caFile = "")
    {
        limits ??= new WebSocketLimits();
        serverSink ??= new TransportSink();
        clientSink ??= new TransportSink();
        var accepted = new TaskCompletionSource<WebSocketLink>(TaskCreationOptions.RunContinuationsAsynchronously);
        TransportServer server = await TransportServer.StartAsync(
            link =>
            {
                accepted.SetResult(link);
                return serverSink;
            },
            limits,
            certificate);
        WebSocketLink client = await WebSocketDialer.DialAsync(
            server.Target(caFile: caFile, host: caFile.Length > 0 ? "localhost" : "127.0.0.1"), limits, server.Wheel.Wheel, CancellationToken.None);
        var pair = new TransportPair(server, client, await accepted.Task.WaitAsync(TimeSpan.FromSeconds(10)), serverSink, clientSink);
        pair.Run = Task.Run(() => client.RunAsync(clientSink));
        return pair;
    }

    /// <summary>The client's receive loop.</summary>
    public Task Run { get; private set; } = Task.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        Client.Abort();
        await Run.WaitAsync(TimeSpan.FromSeconds(10));
        await _server.DisposeAsync();
    }
}
