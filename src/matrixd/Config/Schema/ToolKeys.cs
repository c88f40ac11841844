namespace Matrixd.Config;

/// <summary><c>[[tool]]</c></summary>
internal static class ToolKeys
{
    public const string Name = "name";
    public const string Description = "description";
    public const string Url = "url";
    public const string Command = "command";
    public const string Method = "method";
    public const string Parameters = "parameters";
    public const string Timeout = "timeout";
    public const string Headers = "headers";
    public const string MaxResponseBytes = "max_response_bytes";

    public static ConfigSection Section { get; } = new("tool", Repeated: true, "What agents can do beside talking: each tool is one HTTP request to your own system.", [.. What, .. How]);

    private static ConfigKey[] What =>
    [
        new(Name, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Required = true,
            Rule = Names.Tool,
            Sample = "\"lookup_order\"",
            Doc = "The tool's name, as agents list it.",
        },
        new(Description, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Required = true,
            Rule = Ranges.NotEmpty(4_000),
            Sample = "\"State of an order: whether it is packed, sent or delivered. Needs the order number.\"",
            Doc = "When to use it and what comes back, in plain sentences: the agent decides by this text.",
        },
        new(Url, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Required = true,
            Rule = Addresses.HttpUrl,
            Sample = "\"https://crm.example.in/orders\"",
            Doc = "Address of your system that does the work.",
        },
        new(Parameters, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Rule = JsonSchemas.Object.OrEmpty(),
            Sample = """'{"type":"object","properties":{"order_id":{"type":"string"}},"required":["order_id"]}'""",
            Doc = "What the agent must find out and send along: a JSON Schema of type object. Put it in '''…'''. Empty: nothing.",
        },
    ];

    private static ConfigKey[] How =>
    [
        new(Method, ConfigKeyType.Text)
        {
            Default = "\"POST\"",
            Rule = Ranges.OneText("GET", "POST", "PUT", "PATCH", "DELETE"),
            Doc = "HTTP method. GET puts the parameters into the address, the others send them as JSON.",
        },
        new(Timeout, ConfigKeyType.Duration)
        {
            Default = "\"8s\"",
            Rule = Ranges.Durations("100ms", "2m"),
            Doc = "Longest wait for an answer; the caller waits too. After it the agent is told that it failed.",
        },
        new(Headers, ConfigKeyType.TextTable)
        {
            Default = "{}",
            Secret = true,
            Doc = "Further request headers, such as { \"X-Api-Key\" = \"…\" }. The values are treated as secrets.",
        },
        new(MaxResponseBytes, ConfigKeyType.Integer)
        {
            Default = "65536",
            Rule = Ranges.Integers(256, 1_048_576),
            Doc = "Longest answer that is read, in bytes; a longer one counts as failed.",
        },
        new(Command, ConfigKeyType.Text)
        {
            Default = "\"\"",
            Rule = ConfigRule.Text("leave it empty", text => text.Length == 0 ? null : new ConfigRefusal("MCP tools are not available in this version", "use url")),
            Doc = "Kept for tools that are programs (MCP), which this version does not have.",
        },
    ];
}
