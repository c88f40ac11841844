using System.Net.Sockets;
using Matrixd.Server;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>Does something listen on this machine where the daemon would.</summary>
internal static class LocalDaemon
{
    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(1); // on the same machine

    public static async Task<bool> IsUpAsync(IReadOnlyList<ListenAddress> listen, CancellationToken cancelled)
    {
        foreach (ListenAddress address in listen.Where(address => address.Port > 0))
        {
            string host = address.Host switch { "0.0.0.0" => "127.0.0.1", "::" => "::1", { } other => other };
            try
            {
                using var late = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
                late.CancelAfter(s_connect);
                using var socket = new TcpClient();
                await socket.ConnectAsync(host, address.Port, late.Token);
                return true;
            }
            catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancelled.IsCancellationRequested))
            {
                // not at this one
            }
        }

        return false;
    }
}
