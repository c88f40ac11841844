using System.Globalization;
using Matrixd.Gemini;
using Matrixd.Transport;

namespace Matrixd.Diagnostics.Doctor;

/// <summary>The way to Gemini up to TLS, through the proxy where there is one: certificate, issuer, expiry.</summary>
internal static class TlsCheck
{
    public static Func<CancellationToken, Task<CheckResult>> Of(DoctorSubject subject) => async cancelled =>
    {
        WebSocketDialTarget target = Target(subject.Config.Gemini);
        try
        {
            DialReport report = await WebSocketDialer.ProbeAsync(target, subject.Clock, cancelled);
            subject.Tls = report;
            return Judge(subject, target, report);
        }
        catch (DialException e) when (e.Stage == DialStage.Alpn)
        {
            subject.AlpnFailure = e.Message;
            return CheckResult.Note("the handshake was broken off over ALPN");
        }
        catch (DialException e)
        {
            CloseCause cause = CloseCause.OfDial(e.Stage, e.Message, subject.Config.Gemini.ApiKey);
            return CheckResult.Broken(e.Message, cause.Causes[0].Fix);
        }
    };

    private static CheckResult Judge(DoctorSubject subject, WebSocketDialTarget target, DialReport report)
    {
        string way = target.Proxy.Length > 0 ? $" through the proxy {report.RemoteEndPoint}" : $" at {report.RemoteEndPoint}";
        string connect = string.Create(CultureInfo.InvariantCulture, $"connected in {report.Connect.TotalMilliseconds:0} ms");
        if (!target.Tls)
        {
            return CheckResult.Note($"{target.Host}:{target.Port}{way}, {connect}: plain http, which is for simulators", "use https in [gemini] base_url");
        }

        DateTimeOffset end = report.CertificateExpires is { } expires ? new DateTimeOffset(expires.ToUniversalTime()) : DateTimeOffset.MaxValue;
        string text = string.Create(
            CultureInfo.InvariantCulture,
            $"{target.Host}:{target.Port}{way}, {connect}, {report.TlsProtocol.Replace("Tls1", "TLS 1.", StringComparison.Ordinal)} in {report.Tls.TotalMilliseconds:0} ms; certificate by {PeerText.Escape(report.CertificateIssuer)}, good until {end:yyyy-MM-dd}");
        return subject.Config.Gemini.CaFile.Length == 0 ? CheckResult.Fine(text) : CheckResult.Fine($"{text}; ca_file is trusted too");
    }

    private static WebSocketDialTarget Target(GeminiOptions options) => new()
    {
        Host = options.BaseUrl.Host,
        Port = options.BaseUrl.Port,
        Tls = options.BaseUrl.Scheme == Uri.UriSchemeHttps,
        RequestTarget = "/",
        CaFile = options.CaFile,
        Proxy = options.Proxy,
    };
}

/// <summary>What ALPN settled on: anything but http/1.1 has no WebSocket.</summary>
internal static class AlpnCheck
{
    public static CheckResult Run(DoctorSubject subject) => subject switch
    {
        { AlpnFailure.Length: > 0 } => CheckResult.Broken(subject.AlpnFailure, "let a gateway or TLS-inspecting proxy in between offer http/1.1"),
        { Tls: null } => CheckResult.Skipped($"it needs what \"{DoctorChecks.Tls}\" asks for"),
        { Tls.TlsProtocol.Length: 0 } => CheckResult.Fine("no TLS, no ALPN"),
        { Tls.Alpn.Length: 0 } => CheckResult.Fine("none was negotiated, which is taken for http/1.1"),
        _ => CheckResult.Fine($"{PeerText.Escape(subject.Tls.Alpn)} was negotiated"),
    };
}
