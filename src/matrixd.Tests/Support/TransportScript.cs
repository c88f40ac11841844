using System.Net;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Text;
using Matrixd.Transport;

namespace Matrixd.Tests.Support;

/// <summary>A TCP server that plays a script to its one client; written from RFC 6455, sharing nothing with the product.</summary>
internal sealed class TransportScript : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new(TimeSpan.FromSeconds(30));
    private Task _play = Task.CompletedTask;

    private TransportScript() => _listener.Start();

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>The request's head as it came.</summary>
    public string Request { get; private set; } = "";

    /// <summary>The connection itself, whatever TLS lies over it.</summary>
    public Stream? Raw { get; private set; }

    /// <summary>Runs <paramref name="script"/> with the accepted connection.</summary>
    public static TransportScript Play(Func<TransportScript, Stream, Task> script)
    {
        var server = new TransportScript();
        server._play = server.RunAsync(script);
        return server;
    }

    /// <summary>Reads the request, sends what <paramref name="answer"/> makes of its key, and stays.</summary>
    public static TransportScript Answer(Func<string, byte[]> answer) => Play(async (server, stream) =>
    {
        await server.ReadRequestAsync(stream);
        await stream.WriteAsync(answer(server.Key), server._over.Token);
        await server.StayAsync();
    });

    /// <summary>Shakes hands and never reads again.</summary>
    public static TransportScript Deaf() => Answer(key => Encoding.Latin1.GetBytes(SwitchingProtocols(key)));

    /// <summary>The 101 that answers <paramref name="key"/>.</summary>
    public static string SwitchingProtocols(string key, string extra = "")
        => $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {AcceptFor(key)}\r\n{extra}\r\n";

    public static string AcceptFor(string key)
#pragma warning disable CA5350 // the handshake asks for SHA-1
        => Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")));
#pragma warning restore CA5350

    /// <summary>The client's Sec-WebSocket-Key.</summary>
    public string Key => Request.Split("Sec-WebSocket-Key: ")[1].Split("\r\n")[0];

    public WebSocketDialTarget Target(string requestTarget = "/") => new()
    {
        Host = "127.0.0.1",
        Port = Port,
        Tls = false,
        RequestTarget = requestTarget,
        Loop = TransportGround.Loop,
    };

    public async Task ReadRequestAsync(Stream stream)
    {
        var head = new List<byte>();
        byte[] one = new byte[1];
        while (head.Count < 4 || !head[^4..].SequenceEqual("\r\n\r\n"u8.ToArray()))
        {
            await stream.ReadExactlyAsync(one, _over.Token);
            head.AddRange(one);
        }

        Request = Encoding.Latin1.GetString([.. head]);
    }

    /// <summary>Keeps the connection open until the test is over.</summary>
    public Task StayAsync() => Task.Delay(Timeout.Infinite, _over.Token).ContinueWith(_ => { }, TaskScheduler.Default);

    public void Dispose()
    {
        _over.Cancel();
        _listener.Stop();
        try
        {
            _play.Wait(TimeSpan.FromSeconds(10));
        }
        catch (AggregateException e) when (e.InnerException is IOException or SocketException or AuthenticationException or ObjectDisposedException or OperationCanceledException or EndOfStreamException)
        {
            // the client left before the script's end
        }

        _over.Dispose();
    }

    private async Task RunAsync(Func<TransportScript, Stream, Task> script)
    {
        using TcpClient client = await _listener.AcceptTcpClientAsync(_over.Token);
        Raw = client.GetStream();
        await script(this, Raw);
    }
}
