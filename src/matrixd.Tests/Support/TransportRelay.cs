using System.Net;
using System.Net.Sockets;

namespace Matrixd.Tests.Support;

/// <summary>Stands before a TLS server, for one connection: what the server sends can be held back, record by record, and let go in one piece.</summary>
internal sealed class TransportRelay : IDisposable
{
    private const int RecordHead = 5;
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _over = new(TimeSpan.FromSeconds(60));
    private readonly Lock _gate = new();
    private readonly List<byte[]> _held = [];
    private readonly Task _running;
    private bool _isHolding;
    private Socket? _client;

    /// <param name="port">The server's.</param>
    public TransportRelay(int port)
    {
        _listener.Start();
        _running = Task.Run(() => RunAsync(port)); // on the pool: the end is waited for on the test's thread
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Type of the first record that is held back, with all that follow; 0: <see cref="Hold"/> says from when on.</summary>
    public byte HoldsFrom { get; init; }

    /// <summary>Bytes held back in records of application data, or what looks like it.</summary>
    public int HeldBytes => Count(record => record[0] == 23 ? record.Length : 0);

    public int HeldRecords => Count(_ => 1);

    public void Hold()
    {
        lock (_gate)
        {
            _isHolding = true;
        }
    }

    /// <summary>Sends what is held back in one piece.</summary>
    /// <param name="records">So many, and goes on holding; 0: all, and what comes now comes at once.</param>
    /// <param name="end">The end of the stream comes right behind.</param>
    public async Task LetGoAsync(int records = 0, bool end = false)
    {
        byte[] piece;
        lock (_gate)
        {
            int count = records == 0 ? _held.Count : records;
            piece = [.. _held.Take(count).SelectMany(record => record)];
            _held.RemoveRange(0, count);
            _isHolding = records > 0;
        }

        await _client!.SendAsync(piece, _over.Token);
        if (end)
        {
            _client.Shutdown(SocketShutdown.Send);
        }
    }

    public void Dispose()
    {
        _over.Cancel();
        _listener.Stop();
        _client?.Dispose();
        try
        {
            _running.Wait(TimeSpan.FromSeconds(10));
        }
        catch (AggregateException e) when (e.InnerException is IOException or SocketException or ObjectDisposedException or OperationCanceledException or EndOfStreamException)
        {
            // one of the two has left
        }

        _over.Dispose();
    }

    private int Count(Func<byte[], int> of)
    {
        lock (_gate)
        {
            return _held.Sum(of);
        }
    }

    private async Task RunAsync(int port)
    {
        _client = await _listener.AcceptSocketAsync(_over.Token);
        _client.NoDelay = true;
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await server.ConnectAsync(IPAddress.Loopback, port, _over.Token);
        Task up = UpAsync(_client, server);
        await using var stream = new NetworkStream(server);
        await DownAsync(stream, _client);
        await up;
    }

    private async Task UpAsync(Socket client, Socket server)
    {
        byte[] buffer = new byte[64 * 1024];
        int count;
        while ((count = await client.ReceiveAsync(buffer, _over.Token)) > 0)
        {
            await server.SendAsync(buffer.AsMemory(0, count), _over.Token);
        }

        server.Shutdown(SocketShutdown.Send);
    }

    private async Task DownAsync(Stream server, Socket client)
    {
        byte[] head = new byte[RecordHead];
        while (await server.ReadAtLeastAsync(head, RecordHead, throwOnEndOfStream: false, _over.Token) == RecordHead)
        {
            byte[] record = new byte[RecordHead + ((head[3] << 8) | head[4])];
            head.CopyTo(record, 0);
            await server.ReadExactlyAsync(record.AsMemory(RecordHead), _over.Token);
            if (!TryHold(record))
            {
                await client.SendAsync(record, _over.Token);
            }
        }
    }

    private bool TryHold(byte[] record)
    {
        lock (_gate)
        {
            _isHolding |= record[0] == HoldsFrom;
            if (_isHolding)
            {
                _held.Add(record);
            }

            return _isHolding;
        }
    }
}
