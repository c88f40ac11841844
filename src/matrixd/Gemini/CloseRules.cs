using Matrixd.Calls;
using Matrixd.Transport;

namespace Matrixd.Gemini;

/// <param name="Codes">Close codes, or HTTP statuses at the upgrade; empty: any.</param>
/// <param name="Stages">Empty: any.</param>
/// <param name="Text">Part of the reason, compared without case; empty: any.</param>
/// <param name="Reason">Null: the stage decides.</param>
internal sealed record CloseRule(int[] Codes, CloseStage[] Stages, string Text, CallEndReason? Reason, CloseTraits Traits, LikelyCause[] Causes);

/// <summary>What closes mean: the table. The first row that fits counts.</summary>
/// <remarks>Observed: each text and code in production or in public reports; the text about unregistered callers comes for faults that have nothing to do with callers.</remarks>
internal static class CloseRules
{
    private static readonly LikelyCause s_model = new(CauseSlugs.ModelName, "the model's name is wrong or the model is retired", "set [gemini] model to a listed live model; `matrixd doctor` names the nearest");
    private static readonly LikelyCause s_method = new(CauseSlugs.PlainMethod, "the token went to the plain BidiGenerateContent method", "only BidiGenerateContentConstrained takes tokens");
    private static readonly LikelyCause s_window = new(CauseSlugs.SessionWindow, "the token's new-session window is over", "check the token's log lines and this machine's clock");
    private static readonly LikelyCause s_token = new(CauseSlugs.TokenForm, "the token is missing or mangled", "it goes out literally, slash and all; check proxies in between");
    private static readonly LikelyCause s_key = new(CauseSlugs.ApiKey, "the API key is wrong, deleted or restricted", "check [gemini] api_key_file and the key's restrictions");
    private static readonly LikelyCause s_audioForm = new(CauseSlugs.AudioForm, "audio was sent in camelCase or as mediaChunks", "realtime_input with one audio, snake_case, is the form that is taken");
    private static readonly LikelyCause s_setup = new(CauseSlugs.SetupField, "the setup holds a field or value that the model does not take", "check thinking, voice, language and the tools' parameters against the model");
    private static readonly LikelyCause s_pendingTool = new(CauseSlugs.ToolPending, "audio or text was sent while a blocking tool call was pending", "hold it until the tool's answer is out");
    private static readonly LikelyCause s_uses = new(CauseSlugs.TokenUses, "the shared token's uses are gone", "a new one is minted; raise [gemini] shared_token_uses if it comes often");
    private static readonly LikelyCause s_sessions = new(CauseSlugs.Concurrency, "the project's concurrent sessions are used up", "set [gemini] max_sessions to the project's limit, or raise its tier");
    private static readonly LikelyCause s_quota = new(CauseSlugs.Quota, "the project's quota is used up", "wait, or raise the quota");
    private static readonly LikelyCause s_fault = new(CauseSlugs.ServiceFault, "the service has a fault", "nothing on this side; a resumption usually works");
    private static readonly LikelyCause s_goAway = new(CauseSlugs.GoAway, "the connection was kept beyond its announced end", "lower [gemini] rotate_after");
    private static readonly LikelyCause s_oldSocket = new(CauseSlugs.OldSocket, "the session was resumed while its old connection was open", "close first, then resume");
    private static readonly LikelyCause s_network = new(CauseSlugs.Network, "the network between here and the service broke", "check DNS, firewall, proxy and route");
    private static readonly LikelyCause s_limits = new(CauseSlugs.RateLimit, "too many requests a minute", "wait; fewer calls at the same moment");
    private static readonly LikelyCause s_content = new(CauseSlugs.ContentKind, "a kind of content was sent that the model does not take", "set [gemini] model to a live model that hears and speaks");
    private static readonly LikelyCause s_ended = new(CauseSlugs.Ended, "the service ended the session", "nothing on this side");

    private static readonly LikelyCause s_dns = new(CauseSlugs.Dns, "the host's name does not resolve", "check [gemini] base_url and this machine's resolver: getent hosts NAME");
    private static readonly LikelyCause s_proxy = new(CauseSlugs.Proxy, "the proxy gave no tunnel", "check [gemini] proxy or HTTPS_PROXY, its credentials, and that it lets CONNECT to port 443 through");
    private static readonly LikelyCause s_tls = new(CauseSlugs.Tls, "the server's certificate or TLS version is not taken", "check the clock, ca-certificates, and what stands between that signs its own: [gemini] ca_file");
    private static readonly LikelyCause s_alpn = new(CauseSlugs.Alpn, "something between insists on HTTP/2, which has no WebSocket", "let a gateway or TLS-inspecting proxy offer http/1.1");

    private static readonly CloseRule[] s_rules =
    [
        // At the upgrade the code is the HTTP status; 0: none came.
        new([400, 401, 403], [CloseStage.Upgrade], "", CallEndReason.ModelRefused, CloseTraits.TokenBad, [s_token, s_window, s_key]),
        new([404], [CloseStage.Upgrade], "", CallEndReason.ModelRefused, CloseTraits.Permanent, [new(CauseSlugs.Address, "the address is not the service's", "check [gemini] base_url and api_version")]),
        new([429], [CloseStage.Upgrade], "", CallEndReason.ModelRefused, CloseTraits.Quota, [s_limits, s_sessions, s_quota]),
        new([], [CloseStage.Upgrade], "", CallEndReason.ModelUnreachable, CloseTraits.None, [s_network, s_fault]),

        // Texts that say what they mean.
        new([1011, 1008], [], "used too many times", null, CloseTraits.TokenExhausted, [s_uses]),
        new([1011, 1008], [], "exceeded your current quota", null, CloseTraits.Quota, [s_sessions, s_quota]),
        new([1011, 1008], [], "resource has been exhausted", null, CloseTraits.Quota, [s_sessions, s_quota]),
        new([1007, 1008], [], "api key not valid", null, CloseTraits.TokenBad, [s_key, s_token]),
        new([1007, 1008], [], "api key expired", null, CloseTraits.TokenBad, [s_key]),
        new([1007, 1008], [], "auth token", null, CloseTraits.TokenBad, [s_token, s_window, s_key]),
        new([1007, 1008], [], "is not found", CallEndReason.ModelRefused, CloseTraits.Permanent, [s_model]),
        new([1007, 1008], [], "unknown name", CallEndReason.ModelRefused, CloseTraits.Permanent, [s_setup, s_audioForm]),
        new([1007, 1008], [], "not supported", CallEndReason.ModelRefused, CloseTraits.Permanent, [s_content, s_setup]),
        new([1007, 1008], [], "aborted", null, CloseTraits.None, [s_fault]),
        new([1008], [], "operation is not implemented", null, CloseTraits.None, [s_pendingTool, s_model]),

        // The catch-all, whose words say nothing. The stage tells its causes apart.
        new([1008], [CloseStage.BeforeSetupComplete], "unregistered callers", CallEndReason.ModelRefused, CloseTraits.TokenBad, [s_model, s_window, s_method, s_token, s_audioForm, s_key]),
        new([1008], [CloseStage.FirstAudio], "unregistered callers", CallEndReason.ModelRefused, CloseTraits.Permanent, [s_audioForm, s_model, s_window, s_method, s_token]),
        new([1008], [CloseStage.MidCall], "unregistered callers", CallEndReason.ModelLost, CloseTraits.TokenBad, [new(CauseSlugs.TokenExpired, "the token has expired", "a new one is taken; check this machine's clock"), s_audioForm, s_window, s_method, s_token]),

        new([1007], [CloseStage.BeforeSetupComplete], "", CallEndReason.ModelRefused, CloseTraits.Permanent, [s_setup, s_token, s_key]),
        new([1007], [CloseStage.FirstAudio, CloseStage.MidCall], "", null, CloseTraits.None, [s_pendingTool, new(CauseSlugs.Context, "text or a replayed context has a form or size the model does not take", "mid-call text goes as realtime_input"), s_setup]),
        new([1008], [], "", null, CloseTraits.Permanent, [s_model, s_setup, s_method, s_window]),
        new([1011, 1012, 1013, 1014], [], "deadline expired", null, CloseTraits.None, [s_goAway, s_fault]),
        new([1011], [CloseStage.BeforeSetupComplete], "", CallEndReason.ModelUnreachable, CloseTraits.None, [s_oldSocket, s_sessions, s_fault]),
        new([1011, 1012, 1013, 1014], [], "", null, CloseTraits.None, [s_fault, s_goAway, s_sessions]),

        // A bare end. An unknown model looks like this, and not like an error.
        new([0, 1005, 1006], [CloseStage.BeforeSetupComplete], "", CallEndReason.ModelUnreachable, CloseTraits.None, [s_model, s_network, new(CauseSlugs.Proxy, "a proxy or firewall cuts WebSockets", "check [gemini] proxy")]),
        new([0, 1005, 1006], [], "", null, CloseTraits.None, [s_network, s_goAway, s_fault]),
        new([1000, 1001], [], "", CallEndReason.ModelEnded, CloseTraits.None, [s_ended, s_goAway]),
        new([], [], "", null, CloseTraits.None, [s_fault, s_setup]),
    ];

    public static CloseRule Find(int code, string text, CloseStage stage) =>
        Array.Find(s_rules, rule =>
            (rule.Codes.Length == 0 || rule.Codes.Contains(code))
            && (rule.Stages.Length == 0 || rule.Stages.Contains(stage))
            && text.Contains(rule.Text, StringComparison.OrdinalIgnoreCase))!; // the last row fits everything

    /// <summary>What a dial failed for that came to no HTTP answer.</summary>
    public static IReadOnlyList<LikelyCause> OfDial(DialStage stage) => stage switch
    {
        DialStage.Resolve => [s_dns, s_network],
        DialStage.Proxy => [s_proxy],
        DialStage.Tls => [s_tls, s_network],
        DialStage.Alpn => [s_alpn],
        _ => [s_network, s_fault],
    };
}
