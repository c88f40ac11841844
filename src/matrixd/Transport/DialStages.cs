using System.Net.Sockets;
using System.Security.Authentication;

namespace Matrixd.Transport;

/// <summary>Runs the stages of one dial, each within its timeout; what a stage fails with becomes a <see cref="DialException"/> that names it.</summary>
internal sealed class DialStages(WebSocketDialTarget target, CancellationToken stopping)
{
    public async Task<T> RunAsync<T>(DialStage stage, TimeSpan timeout, Func<CancellationToken, Task<T>> work)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        late.CancelAfter(timeout);
        try
        {
            return await work(late.Token);
        }
        catch (OperationCanceledException e) when (!stopping.IsCancellationRequested)
        {
            throw Failed(stage, $"no answer within {timeout.TotalSeconds:0.###} s", e);
        }
        catch (Exception e) when (e is SocketException or IOException or InvalidDataException or AuthenticationException)
        {
            throw Failed(stage, e.Message, e);
        }
    }

    private DialException Failed(DialStage stage, string what, Exception inner)
        => new(stage, 0, $"{target.Host}:{target.Port}: {Doing(stage)} failed: {what}", inner);

    private string Doing(DialStage stage) => stage switch
    {
        DialStage.Resolve => "name resolution" + Via(),
        DialStage.Connect => "TCP connection" + Via(),
        DialStage.Proxy => "proxy tunnel" + Via(),
        DialStage.Tls => "TLS handshake",
        _ => "WebSocket handshake",
    };

    private string Via() => HttpProxy.TryParse(target.Proxy, out HttpProxy? proxy) ? $" (proxy {proxy!.Host}:{proxy.Port})" : "";
}
