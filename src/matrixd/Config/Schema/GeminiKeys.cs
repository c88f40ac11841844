namespace Matrixd.Config;

/// <summary><c>[gemini]</c></summary>
internal static class GeminiKeys
{
    public const string ApiKey = "api_key";
    public const string ApiKeyFile = "api_key_file";
    public const string BaseUrl = "base_url";
    public const string CaFile = "ca_file";
    public const string ApiVersion = "api_version";
    public const string Model = "model";
    public const string UplinkFrame = "uplink_frame";
    public const string UplinkBuffer = "uplink_buffer";
    public const string MaxSessions = "max_sessions";
    public const string RotateAfter = "rotate_after";
    public const string Proxy = "proxy";
    public const string SharedTokenUses = "shared_token_uses";
    public const string SharedTokenRefresh = "shared_token_refresh";
    public const string BrowserNewSessionWindow = "browser_new_session_window";

    public static ConfigSection Section { get; } = new("gemini", Repeated: false, "The Google Gemini Live side: the voice that answers.", [.. Access, .. Audio, .. Tokens]);

    private static ConfigKey[] Access =>
    [
        new(ApiKey, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Secret = true,
            Doc = "Gemini API key (Google AI Studio). Needed; better in a file: see the next key.\nAlso taken from the variable MATRIXD_GEMINI_API_KEY, or from the systemd credential gemini-key.",
        },
        new(ApiKeyFile, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Sample = "\"/etc/matrixd/gemini-key\"",
            Doc = "File that holds the Gemini API key and nothing else.",
        },
        new(Model, ConfigKeyType.Text)
        {
            Default = "\"gemini-3.1-flash-live-preview\"",
            Rule = Names.Model,
            Doc = "The Live model. `matrixd doctor` lists those that your key may use.",
        },
        new(BaseUrl, ConfigKeyType.Text)
        {
            Default = "\"https://generativelanguage.googleapis.com\"",
            Rule = Addresses.HttpUrl,
            Doc = "Address of the Gemini API. Change it only for a gateway or a simulator.",
        },
        new(ApiVersion, ConfigKeyType.Text)
        {
            Default = "\"v1alpha\"",
            Rule = Names.ApiVersion,
            Doc = "Version of the Gemini API. Short-lived tokens exist in v1alpha only.",
        },
        new(CaFile, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Doc = "PEM file with one more root certificate to trust, for a gateway, a proxy that looks into TLS, or a simulator.\nEmpty: the system's alone.",
        },
        new(Proxy, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Rule = Addresses.Proxy.OrEmpty(),
            Doc = "HTTP proxy (CONNECT) on the way to Gemini and to Exotel's API, http://[user:password@]host:port. Empty: the variable\nHTTPS_PROXY, except for hosts that NO_PROXY names. \"none\": never one.",
        },
    ];

    private static ConfigKey[] Audio =>
    [
        new(UplinkFrame, ConfigKeyType.Duration)
        {
            Default = "\"20ms\"",
            Rule = Ranges.OneDuration("20ms", "40ms", "60ms", "80ms", "100ms"),
            Doc = "Caller's voice in one message to Gemini. More means less work for the processor, and answers later by as much.",
        },
        new(UplinkBuffer, ConfigKeyType.Duration)
        {
            Default = "\"10s\"",
            Rule = Ranges.Durations("200ms", "60s"),
            Doc = "Caller's voice that is kept while Gemini takes none, such as during a reconnect. Beyond it the oldest is dropped.",
        },
        new(MaxSessions, ConfigKeyType.Integer)
        {
            Default = "0",
            Rule = Ranges.Integers(0, 100_000),
            Doc = "Gemini sessions that your quota allows at the same time. 0: no cap of its own; else calls keep to the smaller of\nthis and max_calls.",
        },
        new(RotateAfter, ConfigKeyType.Duration)
        {
            Default = "\"8m\"",
            Rule = Ranges.Durations("1s", "24h"),
            Doc = "Gemini ends each connection after about ten minutes. After this time matrixd moves the call to a new one, unheard\nby the caller.",
        },
    ];

    private static ConfigKey[] Tokens =>
    [
        new(SharedTokenUses, ConfigKeyType.Integer)
        {
            Default = "10000",
            Rule = Ranges.Integers(1, 1_000_000),
            Doc = "Calls that one short-lived server token may begin before a new one is fetched.",
        },
        new(SharedTokenRefresh, ConfigKeyType.Duration)
        {
            Default = "\"1h\"",
            Rule = Ranges.Durations("1m", "18h"),
            Doc = "How often the server token is replaced. Google allows tokens of less than 20 hours: this, and the longest call, must\nfit into it.",
        },
        new(BrowserNewSessionWindow, ConfigKeyType.Duration)
        {
            Default = "\"600s\"",
            Rule = Ranges.Durations("10s", "18h"),
            Doc = "How long a token for the browser page may be used to begin its one conversation.",
        },
    ];
}
