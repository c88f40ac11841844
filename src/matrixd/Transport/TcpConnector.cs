using System.Net;
using System.Net.Sockets;

namespace Matrixd.Transport;

/// <summary>Connects to the first of a host's addresses that answers.</summary>
/// <remarks>
/// Addresses are tried in the resolver's order, each a moment after the one before, and the first connection wins
/// (RFC 8305): a broken IPv6 route costs a caller a quarter of a second, not the whole timeout.
/// </remarks>
internal static class TcpConnector
{
    // RFC 8305 §5: "a recommended value is 250 milliseconds"
    private static readonly TimeSpan AttemptDelay = TimeSpan.FromMilliseconds(250);

    // A connect timeout of 3 s has room for no more.
    private const int MaxAddresses = 8;

    public static async Task<Socket> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken stopping)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var attempts = new List<Task<Socket>>();
        Socket? winner = null;
        Exception? failure = null;
        int next = 0;
        int last = Math.Min(addresses.Count, MaxAddresses);
        while (winner is null && (next < last || attempts.Count > 0))
        {
            if (next < last)
            {
                attempts.Add(AttemptAsync(addresses[next++], port, over.Token));
            }

            if (await NextDoneAsync(attempts, next < last, over.Token) is { } done)
            {
                attempts.Remove(done);
                failure = done.Exception?.InnerException ?? failure;
                winner = done.IsCompletedSuccessfully ? await done : null;
            }
        }

        await over.CancelAsync();
        foreach (Task<Socket> loser in attempts)
        {
            await DropAsync(loser);
        }

        if (winner is null)
        {
            stopping.ThrowIfCancellationRequested();
        }

        return winner ?? throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }

    // The first attempt to end; null where the next address is due before that.
    private static async Task<Task<Socket>?> NextDoneAsync(List<Task<Socket>> attempts, bool more, CancellationToken over)
    {
        Task<Task<Socket>> any = Task.WhenAny(attempts);
        if (!more)
        {
            return await any;
        }

        return await Task.WhenAny(any, Task.Delay(AttemptDelay, over)) == any ? await any : null;
    }

    private static async Task<Socket> AttemptAsync(IPAddress address, int port, CancellationToken over)
    {
        var socket = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            SocketTuning.Apply(socket);
            await socket.ConnectAsync(new IPEndPoint(address, port), over);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task DropAsync(Task<Socket> loser)
    {
        try
        {
            (await loser).Dispose();
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // it lost either way
        }
    }
}
