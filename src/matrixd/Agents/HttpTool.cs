using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using Matrixd.Calls;

namespace Matrixd.Agents;

/// <summary>One HTTP tool, ready to be called: its schema is read, its headers are known to be good.</summary>
/// <remarks>Immutable but for the count of calls under way; any thread.</remarks>
internal sealed class HttpTool
{
    /// <summary>
    /// Calls of one tool at the same time. A server that hangs holds this many for its timeout and no more, which leaves the other tools
    /// most of <see cref="ToolHttp.MaxConcurrent"/>; those beyond wait, within their own timeout.
    /// </summary>
    public const int MaxConcurrent = 64;

    private const string OurHeaders = "X-Matrixd-";

    // Servers commonly refuse request lines beyond 8 KiB.
    private const int MaxTargetLength = 8000;

    private readonly ToolOptions _options;
    private readonly JsonSchema? _schema;
    private readonly HttpMethod _method;

    /// <exception cref="FormatException">The options cannot be used; the message says why, without a header's value.</exception>
    public HttpTool(ToolOptions options)
    {
        _options = options;
        _schema = options.Parameters.Length > 0 ? JsonSchema.Parse(options.Parameters) : null;
        _method = options.Method.ToUpperInvariant() switch
        {
            "GET" => HttpMethod.Get,
            "POST" => HttpMethod.Post,
            "PUT" => HttpMethod.Put,
            "PATCH" => HttpMethod.Patch,
            "DELETE" => HttpMethod.Delete,
            _ => throw new FormatException($"method '{Words.Clip(options.Method)}': GET, POST, PUT, PATCH or DELETE is expected"),
        };
        if (!options.Url.IsAbsoluteUri || options.Url.Scheme is not ("http" or "https"))
        {
            throw new FormatException("url is not an absolute http or https address");
        }

        if (options.Url.UserInfo.Length > 0)
        {
            throw new FormatException("url holds a user name or a password, which are not sent from there: put them into an Authorization header");
        }

        foreach ((string name, string value) in options.Headers)
        {
            if (!CanSend(name, value))
            {
                throw new FormatException($"header '{Words.Clip(name)}' cannot be sent: its name is none or is set by the daemon, or its value holds line breaks or characters beyond ASCII");
            }
        }

        Declaration = new ToolDeclaration(options.Name, options.Description, options.Parameters);
    }

    public string Name => _options.Name;

    public ToolDeclaration Declaration { get; }

    public TimeSpan Timeout => _options.Timeout;

    public int MaxResponseBytes => _options.MaxResponseBytes;

    public SemaphoreSlim Slots { get; } = new(MaxConcurrent, MaxConcurrent);

    /// <summary>What is wrong with the arguments, in sentences; empty: nothing.</summary>
    public IReadOnlyList<string> Check(JsonElement arguments) =>
        arguments.ValueKind != JsonValueKind.Object ? [$"the arguments must be an object, are {Words.Kind(arguments)}"] : _schema?.Validate(arguments) ?? [];

    /// <summary>The request of one call; null where the arguments are too long for a query.</summary>
    public HttpRequestMessage? Request(JsonElement arguments, ToolCall call, CallSid callSid)
    {
        var url = new StringBuilder(_options.Url.AbsoluteUri.Split('#')[0]);
        if (_method == HttpMethod.Get && _schema is not null)
        {
            AppendQuery(url, arguments);
            if (url.Length > MaxTargetLength)
            {
                return null;
            }
        }

        var request = new HttpRequestMessage(_method, url.ToString());
        if (_method != HttpMethod.Get)
        {
            // A tool that declares no arguments is sent none.
            byte[] body = Encoding.UTF8.GetBytes(_schema is not null ? arguments.GetRawText() : "{}");
            request.Content = new ByteArrayContent(body) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        }

        foreach ((string name, string value) in _options.Headers)
        {
            if (!request.Headers.TryAddWithoutValidation(name, value) && request.Content is { } content) // a header of the content
            {
                content.Headers.Remove(name);
                content.Headers.TryAddWithoutValidation(name, value);
            }
        }

        // Who calls is said by us, never by the arguments.
        request.Headers.TryAddWithoutValidation(OurHeaders + "Call", callSid.Value);
        if (Sids.IsPlain(call.Id, CallSid.MaxLength))
        {
            request.Headers.TryAddWithoutValidation(OurHeaders + "Tool-Call", call.Id); // lets a server see a repetition
        }

        return request;
    }

    private static void AppendQuery(StringBuilder url, JsonElement arguments)
    {
        char separator = url.ToString().Contains('?', StringComparison.Ordinal) ? '&' : '?';
        foreach (JsonProperty argument in arguments.EnumerateObject())
        {
            IEnumerable<JsonElement> values = argument.Value.ValueKind == JsonValueKind.Array ? argument.Value.EnumerateArray() : [argument.Value];
            foreach (JsonElement value in values.Where(value => value.ValueKind != JsonValueKind.Null))
            {
                string text = value.ValueKind == JsonValueKind.String ? value.GetString()! : value.GetRawText();
                url.Append(separator).Append(Uri.EscapeDataString(argument.Name)).Append('=').Append(Uri.EscapeDataString(text));
                separator = '&';
            }
        }
    }

    private static bool CanSend(string name, string value)
    {
        if (name.StartsWith(OurHeaders, StringComparison.OrdinalIgnoreCase)
            || name.ToLowerInvariant() is "content-length" or "transfer-encoding" or "connection" or "upgrade"
            || value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
        {
            return false;
        }

        using var content = new ByteArrayContent([]);
        using var probe = new HttpRequestMessage();
        return probe.Headers.TryAddWithoutValidation(name, value) || content.Headers.TryAddWithoutValidation(name, value);
    }
}
