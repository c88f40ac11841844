using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Matrixd.Tests.Support;

/// <summary>An HTTP proxy that does CONNECT alone, asks for credentials, and counts its tunnels.</summary>
internal sealed class DoctorConnectProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new();
    private readonly ConcurrentBag<Task> _clients = [];
    private readonly ConcurrentQueue<string> _tunnels = new();
    private readonly string _credential;
    private readonly Task _accepting;

    public DoctorConnectProxy(string user, string password)
    {
        _credential = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Where tunnels led, in order.</summary>
    public IReadOnlyList<string> Tunnels => [.. _tunnels];

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_clients).WaitAsync(TimeSpan.FromSeconds(10));
        _over.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _clients.Add(ServeAsync(await _listener.AcceptTcpClientAsync(_over.Token)));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // the test is over
        }
    }

    private async Task ServeAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                NetworkStream stream = client.GetStream();
                string[] head = await ReadHeadAsync(stream);
                while (!head.Contains($"Proxy-Authorization: {_credential}", StringComparer.OrdinalIgnoreCase))
                {
                    await stream.WriteAsync("HTTP/1.1 407 Proxy Authentication Required\r\nProxy-Authenticate: Basic realm=\"p\"\r\nContent-Length: 0\r\n\r\n"u8.ToArray(), _over.Token);
                    head = await ReadHeadAsync(stream);
                }

                string[] request = head[0].Split(' ');
                if (request[0] != "CONNECT")
                {
                    await stream.WriteAsync("HTTP/1.1 405 Method Not Allowed\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"u8.ToArray(), _over.Token);
                    return;
                }

                using TcpClient server = new();
                await server.ConnectAsync("127.0.0.1", int.Parse(request[1].Split(':')[^1]), _over.Token);
                _tunnels.Enqueue(request[1]);
                await stream.WriteAsync("HTTP/1.1 200 Connection established\r\n\r\n"u8.ToArray(), _over.Token);
                await RelayAsync(stream, server.GetStream());
            }
            catch (Exception e) when (e is IOException or SocketException or OperationCanceledException or EndOfStreamException)
            {
                // either side left, which is how a tunnel ends
            }
        }
    }

    private async Task RelayAsync(NetworkStream a, NetworkStream b)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_over.Token);
        Task up = a.CopyToAsync(b, either.Token);
        Task down = b.CopyToAsync(a, either.Token);
        await Task.WhenAny(up, down);
        await either.CancelAsync();
        await Task.WhenAll(up, down);
    }

    private async Task<string[]> ReadHeadAsync(NetworkStream stream)
    {
        List<byte> head = [];
        byte[] one = new byte[1];
        while (head.Count < 4 || !head[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            await stream.ReadExactlyAsync(one, _over.Token);
            head.AddRange(one);
        }

        return Encoding.ASCII.GetString([.. head]).Split("\r\n");
    }
}
