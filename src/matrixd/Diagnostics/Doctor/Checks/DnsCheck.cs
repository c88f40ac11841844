using System.Net;
using System.Net.Sockets;
using Matrixd.Gemini;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>Gemini's name, as this machine's resolver knows it.</summary>
internal static class DnsCheck
{
    // What a dial gives it, and room to say how slow it was.
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(5);

    // Every call that starts waits for it.
    private static readonly TimeSpan s_slow = TimeSpan.FromSeconds(1);

    private const int MaxShown = 4;

    public static Func<CancellationToken, Task<CheckResult>> Of(DoctorSubject subject) => async cancelled =>
    {
        GeminiOptions options = subject.Config.Gemini;
        string host = options.BaseUrl.IdnHost;
        bool viaProxy = options.Proxy.Length > 0;
        long started = subject.Clock.GetTimestamp();
        string failure;
        try
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
            late.CancelAfter(s_longest);
            IPAddress[] addresses = await Dns.GetHostAddressesAsync(host, late.Token);
            TimeSpan took = subject.Clock.GetElapsedTime(started);
            string more = addresses.Length > MaxShown ? $" and {addresses.Length - MaxShown} more" : "";
            string text = $"{host} is {string.Join(", ", addresses.Take(MaxShown).Select(address => address.ToString()))}{more}, {took.TotalMilliseconds:0} ms";
            return took < s_slow ? CheckResult.Fine(text) : CheckResult.Note($"{text}: slow, and every call waits for it", "use a nearer resolver, such as systemd-resolved or the network's own");
        }
        catch (SocketException e)
        {
            failure = e.SocketErrorCode.ToString();
        }
        catch (OperationCanceledException) when (!cancelled.IsCancellationRequested)
        {
            failure = $"no answer within {s_longest.TotalSeconds:0} s";
        }

        return viaProxy
            ? CheckResult.Note($"{host} does not resolve here ({failure}); the proxy resolves it")
            : CheckResult.Broken($"{host} does not resolve ({failure})", $"check [gemini] base_url and /etc/resolv.conf: getent hosts {host}");
    };
}
