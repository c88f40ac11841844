using System.Buffers;
using System.Globalization;
using System.Text.Json;

namespace Matrixd.Gemini;

/// <summary>Asks the service for ephemeral tokens.</summary>
/// <remarks>
/// The request is plain. A <c>bidiGenerateContentSetup</c> or <c>fieldMask</c> in it would bind the token to that setup and make the server
/// ignore ours. Source: https://ai.google.dev/gemini-api/docs/ephemeral-tokens. Any thread.
/// </remarks>
internal sealed class TokenMint(GeminiHttp http, GeminiOptions options, TimeProvider time)
{
    // A name and three times; anything near this is not an answer to a mint.
    private const int MaxReplyBytes = 64 * 1024;

    // Below, the difference may be the way of the answer and the header's whole seconds.
    private static readonly TimeSpan s_leastSkew = TimeSpan.FromSeconds(30);

    private long _skewTicks;

    /// <summary>How far the server's clock is ahead of ours; zero until it is known and worth speaking of.</summary>
    public TimeSpan ClockSkew => new(Interlocked.Read(ref _skewTicks));

    /// <summary>The time by which the server judges a token.</summary>
    public DateTimeOffset ServerNow => time.GetUtcNow() + ClockSkew;

    /// <summary>Mints one token.</summary>
    /// <exception cref="TokenException">The service gave none.</exception>
    public async Task<StoredToken> MintAsync(string kind, int uses, TokenWindows windows, CancellationToken cancelled)
    {
        DateTimeOffset now = ServerNow;
        var asked = new StoredToken("", kind, uses, now, now + windows.NewSession, now + windows.Expiry);
        GeminiReply reply;
        try
        {
            reply = await http.SendAsync(HttpMethod.Post, $"{options.ApiVersion}/auth_tokens", Request(asked), MaxReplyBytes, cancelled);
        }
        catch (GeminiHttpException e)
        {
            throw new TokenException($"no token: {e.Message}", 0, null, e);
        }

        LearnSkew(reply.Date);
        return reply.IsSuccess
            ? Read(reply, asked)
            : throw new TokenException($"no token: {http.Host} answered {reply.Describe(options.ApiKey)}", reply.Status, reply.RetryAfter);
    }

    private static ReadOnlyMemory<byte> Request(StoredToken asked)
    {
        var body = new ArrayBufferWriter<byte>(160);
        using var json = new Utf8JsonWriter(body);
        json.WriteStartObject();
        json.WriteNumber("uses"u8, asked.Uses);
        json.WriteString("expireTime"u8, Timestamp(asked.ExpiresAt));
        json.WriteString("newSessionExpireTime"u8, Timestamp(asked.NewSessionUntil));
        json.WriteEndObject();
        json.Flush();
        return body.WrittenMemory;
    }

    private StoredToken Read(GeminiReply reply, StoredToken asked)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(reply.Body);
            JsonElement root = document.RootElement;
            string name = root.GetProperty("name"u8).GetString() ?? "";
            if (!GeminiToken.IsUsable(name))
            {
                throw new TokenException($"no token: {http.Host} answered with a name that is none", reply.Status, reply.RetryAfter);
            }

            // What the server says it granted counts more than what was asked for.
            StoredToken token = asked with
            {
                Value = name,
                NewSessionUntil = Granted(root, "newSessionExpireTime", asked.NewSessionUntil),
                ExpiresAt = Granted(root, "expireTime", asked.ExpiresAt),
            };
            return token.NewSessionUntil > ServerNow + TokenService.LeastLeft && token.ExpiresAt > ServerNow + TokenService.LeastLeft
                ? token
                : throw new TokenException($"no token: {http.Host} answered with one that has expired ({token})", reply.Status, reply.RetryAfter);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            // The inner exception would quote a piece of the answer, which may be a piece of a token.
            throw new TokenException($"no token: {http.Host} answered HTTP {reply.Status} with {reply.Body.Length} bytes that are no token", reply.Status, reply.RetryAfter);
        }
    }

    private void LearnSkew(DateTimeOffset? date)
    {
        if (date is { } server)
        {
            TimeSpan skew = server - time.GetUtcNow();
            Interlocked.Exchange(ref _skewTicks, skew.Duration() >= s_leastSkew ? skew.Ticks : 0);
        }
    }

    private static DateTimeOffset Granted(JsonElement root, string field, DateTimeOffset asked) =>
        root.TryGetProperty(field, out JsonElement value) && value.ValueKind == JsonValueKind.String
        && DateTimeOffset.TryParse(value.GetString(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset granted)
            ? granted
            : asked;

    private static string Timestamp(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
