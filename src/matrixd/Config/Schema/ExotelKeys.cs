namespace Matrixd.Config;

/// <summary><c>[exotel]</c></summary>
internal static class ExotelKeys
{
    public const string StreamPath = "stream_path";
    public const string DynamicPath = "dynamic_path";
    public const string WarmTtl = "warm_ttl";
    public const string BasicUser = "basic_user";
    public const string BasicPassword = "basic_password";
    public const string BasicPasswordFile = "basic_password_file";
    public const string Allow = "allow";
    public const string AccountSid = "account_sid";
    public const string ApiKey = "api_key";
    public const string ApiKeyFile = "api_key_file";
    public const string ApiToken = "api_token";
    public const string ApiTokenFile = "api_token_file";
    public const string Region = "region";
    public const string BaseUrl = "base_url";
    public const string CallerId = "caller_id";
    public const string OutboundLead = "outbound_lead";

    public static ConfigSection Section { get; } = new("exotel", Repeated: false,
        "The Exotel side. In Exotel's App Bazaar, give the Voicebot applet the address public_url + stream_path (with user and\npassword), or public_url + dynamic_path (https).",
        [.. Socket, .. Rest]);

    private static ConfigKey[] Socket =>
    [
        new(StreamPath, ConfigKeyType.Text)
        {
            Default = "\"/exotel\"",
            Rule = Addresses.UrlPath,
            Doc = "Path of the address that a Voicebot applet connects to.",
        },
        new(DynamicPath, ConfigKeyType.Text)
        {
            Default = "\"/voicebot\"",
            Rule = Addresses.UrlPath,
            Doc = "Path that the applet may ask for a fresh address for each call. Must differ from stream_path.",
        },
        new(WarmTtl, ConfigKeyType.Duration)
        {
            Default = "\"60s\"",
            Rule = Ranges.Durations("1s", "1h"),
            Doc = "How long an address that was handed out so stays good.",
        },
        new(BasicUser, ConfigKeyType.Text)
        {
            Default = "\"exotel\"",
            Rule = Names.BasicUser,
            Doc = "User name that Exotel must give. Counts only together with a password.",
        },
        new(BasicPassword, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Secret = true,
            Doc = "Password that Exotel must give. Better in a file: see the next key.\nAlso taken from the systemd credential exotel-basic-password.",
        },
        new(BasicPasswordFile, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Sample = "\"/etc/matrixd/exotel-basic-password\"",
            Doc = "File that holds the password and nothing else.",
        },
        new(Allow, ConfigKeyType.TextList)
        {
            Default = "[]",
            Rule = Addresses.Network,
            Doc = "Networks that Exotel may connect from, such as [\"203.0.113.0/24\"]; ask Exotel's support for the list. Empty: any.\nWhere a password is set too, both must fit. With neither, matrixd starts only with insecure = true.",
        },
        new(OutboundLead, ConfigKeyType.Duration)
        {
            Default = "\"300ms\"",
            Rule = Ranges.Durations("20ms", "5s"),
            Doc = "How far ahead of real time the agent's voice is sent. More rides out a bad line; less stops sooner when the caller\ninterrupts.",
        },
    ];

    private static ConfigKey[] Rest =>
    [
        new(AccountSid, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Rule = Names.AccountSid.OrEmpty(),
            Doc = "Your Exotel account SID (Exotel dashboard, API settings). When set, calls of any other account are refused.",
        },
        new(ApiKey, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Secret = true,
            Doc = "Exotel API key, needed only to dial out; incoming calls work without. Better in a file: see the next key.\nAlso taken from the systemd credential exotel-api-key.",
        },
        new(ApiKeyFile, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Doc = "File that holds the API key and nothing else.",
        },
        new(ApiToken, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Secret = true,
            Doc = "Exotel API token, the second half of the key. Better in a file: see the next key.\nAlso taken from the systemd credential exotel-api-token.",
        },
        new(ApiTokenFile, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Doc = "File that holds the API token and nothing else.",
        },
        new(Region, ConfigKeyType.Text)
        {
            Default = "\"in\"",
            Rule = Ranges.OneText("in", "sg"),
            Doc = "Where your Exotel account lives: \"in\" is Mumbai, \"sg\" is Singapore.",
        },
        new(BaseUrl, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Rule = Addresses.HttpUrl.OrEmpty(),
            Doc = "Address of Exotel's API, when it is not the region's usual one (a simulator, a gateway). Empty: the region's.",
        },
        new(CallerId, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Rule = Names.PhoneNumber.OrEmpty(),
            Number = true,
            Doc = "Your Exotel number (ExoPhone) that people see when matrixd dials out, such as \"08040000000\".",
        },
    ];
}
