using System.Text;
using Matrixd.Config;
using Matrixd.Server;
using Matrixd.Transport;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>The address that Exotel is given: short enough, and does a daemon with our credential answer it.</summary>
/// <remarks>From this machine it can be tried only as far as the network lets it come back to itself.</remarks>
internal static class PublicUrlCheck
{
    // Longest that Exotel was seen to dial; a path token is 22 characters and its slash.
    private const int MaxUrl = 130;
    private const int PathToken = 23;

    public static Func<CancellationToken, Task<CheckResult>> Of(DoctorSubject subject) => async cancelled =>
    {
        DaemonConfig config = subject.Config;
        if (config.Server.PublicUrl.Length == 0)
        {
            return CheckResult.Note("none is configured: dynamic URLs take the name that Exotel asked for, and nothing can be tried from here", "set [server] public_url = \"wss://your.host\"");
        }

        string url = config.Server.PublicUrl + config.Exotel.StreamPath;
        int length = url.Length + PathToken;
        if (length > MaxUrl)
        {
            return CheckResult.Broken($"{url} is {length} characters long with its token; Exotel silently does not dial more than {MaxUrl}", $"make public_url or stream_path shorter by {length - MaxUrl}");
        }

        bool isUp = await LocalDaemon.IsUpAsync(config.Server.Listen, cancelled);
        try
        {
            WebSocketLink link = await WebSocketDialer.DialAsync(Target(config), new WebSocketLimits { CloseTimeout = TimeSpan.FromSeconds(1) }, subject.Wheel, cancelled);
            link.Close(1000, "");
            await link.RunAsync(new Deaf());
            string text = $"{url}: a WebSocket was opened with our credential and closed again; {length} characters with a token, {MaxUrl} at most";
            return url.StartsWith("ws://", StringComparison.Ordinal)
                ? CheckResult.Note($"{text}; the callers' voices cross the network in clear", "use wss:// in [server] public_url")
                : CheckResult.Fine(text);
        }
        catch (DialException e)
        {
            return Judge(e, config, isUp);
        }
    };

    private static CheckResult Judge(DialException e, DaemonConfig config, bool isUp) => (e.Stage, e.Status) switch
    {
        (DialStage.Resolve, _) => CheckResult.Broken(e.Message, "make a DNS record for the name in [server] public_url: Exotel must be able to resolve it"),
        (DialStage.Tls or DialStage.Alpn, _) => CheckResult.Broken(e.Message, "Exotel refuses it too: use a certificate for this name from a public authority, with its intermediates, and http/1.1"),
        (DialStage.Connect, _) when isUp => CheckResult.Note(
            $"{e.Message}. The daemon runs here, so this may be a network that does not lead back to itself (NAT hairpin)",
            $"try it from outside: curl -i {Http(config)}/healthz"),
        (DialStage.Upgrade, 403) when config.Exotel.Allow.Count > 0 => CheckResult.Note("it was reached, and refused this machine's address, which is not on [exotel] allow: as it should", ""),
        (DialStage.Upgrade, 429) => CheckResult.Note("it was reached, and refuses this network for a minute after many failures", "ask again in a minute"),
        (DialStage.Upgrade, 503) when isUp => CheckResult.Note("it was reached, and takes no calls now: it is full, or draining", ""),
        (DialStage.Upgrade, 401) => CheckResult.Broken(
            $"{e.Message}: what answers there does not take the password of this configuration", "restart the daemon if the password was changed; else public_url leads to another one, or a proxy in front drops the Authorization header"),
        _ when !isUp => CheckResult.Note($"the daemon does not run here, so nothing can answer ({e.Message})", "start it and ask again"),
        (DialStage.Upgrade, 404) => CheckResult.Broken($"{e.Message}: what answers there does not know the path", $"let the proxy in front pass {config.Exotel.StreamPath} on as it is"),
        (DialStage.Upgrade, _) => CheckResult.Broken(e.Message, "the proxy in front must pass WebSockets on: HTTP/1.1 with Upgrade and Connection, to an address of [server] listen"),
        _ => CheckResult.Broken(e.Message, $"check what stands at {config.Server.PublicUrl}"),
    };

    private static WebSocketDialTarget Target(DaemonConfig config)
    {
        Uri url = new(Http(config));
        string basic = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{config.Exotel.BasicUser}:{config.Exotel.BasicPassword}"));
        return new WebSocketDialTarget
        {
            Host = url.Host,
            Port = url.Port,
            Tls = url.Scheme == Uri.UriSchemeHttps,
            RequestTarget = config.Exotel.StreamPath,
            Headers = config.Exotel.BasicUser.Length > 0 ? [new("Authorization", $"Basic {basic}")] : [],
        };
    }

    // wss means https, ws means http.
    private static string Http(DaemonConfig config) => "http" + config.Server.PublicUrl["ws".Length..];

    private sealed class Deaf : IWebSocketSink
    {
        public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
        {
        }

        public void OnBatchEnd()
        {
        }

        public void OnClosed(WebSocketClose close)
        {
        }
    }
}
