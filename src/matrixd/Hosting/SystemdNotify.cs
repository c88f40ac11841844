using System.Net.Sockets;
using System.Text;

namespace Matrixd.Hosting;

/// <summary>Tells systemd how the service is; does nothing elsewhere.</summary>
/// <remarks>Source: https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html, one datagram a message.</remarks>
internal static class SystemdNotify
{
    public static void Send(string message)
    {
        string? path = Environment.GetEnvironmentVariable("NOTIFY_SOCKET");
        if (string.IsNullOrEmpty(path))
        {
            return;
        }

        try
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            socket.SendTo(Encoding.UTF8.GetBytes(message), new UnixDomainSocketEndPoint(path[0] == '@' ? '\0' + path[1..] : path));
        }
        catch (SocketException)
        {
            // systemd is not there to hear it: nothing of ours depends on that
        }
    }
}
