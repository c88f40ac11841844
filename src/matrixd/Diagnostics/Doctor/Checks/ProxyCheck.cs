using System.Net.Sockets;
using Matrixd.Config;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>Is there a proxy on the way out, and does it answer.</summary>
internal static class ProxyCheck
{
    private static readonly TimeSpan s_connect = TimeSpan.FromSeconds(3);

    public static Func<CancellationToken, Task<CheckResult>> Of(DoctorSubject subject) => async cancelled =>
    {
        DaemonConfig config = subject.Config;
        string origin = subject.Loaded!.ProxyOrigin;
        if (config.Gemini.Proxy.Length == 0 && config.Exotel.Proxy.Length == 0)
        {
            return CheckResult.Fine(origin.Length == 0 ? "none" : $"none is used: {origin} or NO_PROXY says so");
        }

        Uri proxy = new(config.Gemini.Proxy.Length > 0 ? config.Gemini.Proxy : config.Exotel.Proxy);
        string uses = (config.Gemini.Proxy.Length > 0, config.Exotel.Proxy.Length > 0) switch
        {
            (true, true) => "Gemini and Exotel's API",
            (true, false) => "Gemini",
            _ => "Exotel's API",
        };
        string text = $"{proxy.Host}:{proxy.Port} for {uses}, from {origin}{(proxy.UserInfo.Length > 0 ? ", with credentials" : "")}";
        try
        {
            using var late = CancellationTokenSource.CreateLinkedTokenSource(cancelled);
            late.CancelAfter(s_connect);
            using var socket = new TcpClient();
            await socket.ConnectAsync(proxy.IdnHost, proxy.Port, late.Token);
            return CheckResult.Fine(text);
        }
        catch (Exception e) when (e is SocketException || (e is OperationCanceledException && !cancelled.IsCancellationRequested))
        {
            string why = e is SocketException socket ? socket.SocketErrorCode.ToString() : $"no answer within {s_connect.TotalSeconds:0} s";
            return CheckResult.Broken($"{text}: it cannot be reached ({why})", $"check {origin}; proxy = \"none\" in [gemini] goes without");
        }
    };
}
