using Matrixd.Transport;

namespace Matrixd.Tests.Support;

/// <summary>A production link accepted by Kestrel, with a raw client at its other end.</summary>
internal sealed class TransportAccepted : IAsyncDisposable
{
    private TransportAccepted(TransportServer server, RawWebSocket client, WebSocketLink link, TransportSink sink)
    {
        Server = server;
        Client = client;
        Link = link;
        Sink = sink;
    }

    public TransportServer Server { get; }

    public RawWebSocket Client { get; }

    public WebSocketLink Link { get; }

    public TransportSink Sink { get; }

    public static async Task<TransportAccepted> OpenAsync(WebSocketLimits? limits = null)
    {
        var sink = new TransportSink();
        var accepted = new TaskCompletionSource<WebSocketLink>(TaskCreationOptions.RunContinuationsAsynchronously);
        TransportServer server = await TransportServer.StartAsync(
            link =>
            {
                accepted.SetResult(link);
                return sink;
            },
            limits);
        RawWebSocket client = await RawWebSocket.OpenAsync(server.Port);
        return new TransportAccepted(server, client, await accepted.Task.WaitAsync(TimeSpan.FromSeconds(10)), sink);
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Server.DisposeAsync();
    }
}
