namespace Matrixd.Gemini;

/// <summary>Short names of causes, for the row and the metric's label: a closed set.</summary>
internal static class CauseSlugs
{
    public const string ModelName = "model_name";
    public const string PlainMethod = "plain_method";
    public const string SessionWindow = "session_window";
    public const string TokenForm = "token_form";
    public const string TokenExpired = "token_expired";
    public const string TokenUses = "token_uses";
    public const string ApiKey = "api_key";
    public const string AudioForm = "audio_form";
    public const string SetupField = "setup_field";
    public const string ContentKind = "content_kind";
    public const string Context = "context";
    public const string ToolPending = "tool_pending";
    public const string Concurrency = "concurrency";
    public const string Quota = "quota";
    public const string RateLimit = "rate_limit";
    public const string ServiceFault = "service_fault";
    public const string GoAway = "go_away";
    public const string OldSocket = "old_socket";
    public const string Ended = "ended";
    public const string Address = "address";
    public const string Dns = "dns";
    public const string Network = "network";
    public const string Proxy = "proxy";
    public const string Tls = "tls";
    public const string Alpn = "alpn";
}
