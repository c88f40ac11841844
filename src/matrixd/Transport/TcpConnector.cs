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

    /// <summary>With sockets of the base library.</summary>
    public static Task<Socket> ConnectAsync(IReadOnlyList<IPAddress> addresses, int port, CancellationToken stopping)
        => ConnectAsync(addresses, port, AttemptAsync, socket => socket.Dispose(), stopping);

    /// <summary>With connections of any kind.</summary>
    /// <param name="attempt">Connects to one address.</param>
    /// <param name="drop">Gives up a connection that came too late.</param>
    /// <exception cref="SocketException">Nobody answered, and no attempt failed with anything else.</exception>
    public static async Task<T> ConnectAsync<T>(
        IReadOnlyList<IPAddress> addresses, int port, Func<IPEndPoint, CancellationToken, Task<T>> attempt, Action<T> drop, CancellationToken stopping)
        where T : class
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var attempts = new List<Task<T>>();
        T? winner = null;
        Exception? failure = null;
        int next = 0;
        int last = Math.Min(addresses.Count, MaxAddresses);
        while (winner is null && (next < last || attempts.Count > 0))
        {
            if (next < last)
            {
                attempts.Add(attempt(new IPEndPoint(addresses[next++], port), over.Token));
            }

            if (await NextDoneAsync(attempts, next < last, over.Token) is { } done)
            {
                attempts.Remove(done);
                failure = done.Exception?.InnerException ?? failure;
                winner = done.IsCompletedSuccessfully ? await done : null;
            }
        }

        await over.CancelAsync();
        foreach (Task<T> loser in attempts)
        {
            await DropAsync(loser, drop);
        }

        if (winner is null)
        {
            stopping.ThrowIfCancellationRequested();
        }

        return winner ?? throw failure ?? new SocketException((int)SocketError.HostNotFound);
    }

    // The first attempt to end; null where the next address is due before that.
    private static async Task<Task<T>?> NextDoneAsync<T>(List<Task<T>> attempts, bool more, CancellationToken over)
    {
        Task<Task<T>> any = Task.WhenAny(attempts);
        if (!more)
        {
            return await any;
        }

        return await Task.WhenAny(any, Task.Delay(AttemptDelay, over)) == any ? await any : null;
    }

    private static async Task<Socket> AttemptAsync(IPEndPoint peer, CancellationToken over)
    {
        var socket = new Socket(peer.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            SocketTuning.Apply(socket);
            await socket.ConnectAsync(peer, over);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private static async Task DropAsync<T>(Task<T> loser, Action<T> drop)
    {
        try
        {
            drop(await loser);
        }
        catch (Exception e) when (e is SocketException or IOException or OperationCanceledException)
        {
            // it lost either way
        }
    }
}
