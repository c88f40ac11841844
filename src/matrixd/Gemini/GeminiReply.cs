using System.Text.Json;

namespace Matrixd.Gemini;

/// <summary>An answer of the REST side.</summary>
/// <param name="Status">HTTP status.</param>
/// <param name="RetryAfter">How long the server asks to be left alone; may be negative where its clock is not ours.</param>
/// <param name="Date">The server's clock.</param>
internal sealed record GeminiReply(int Status, byte[] Body, TimeSpan? RetryAfter, DateTimeOffset? Date)
{
    private static readonly JsonDocumentOptions s_reading = new() { MaxDepth = 16 };

    public bool IsSuccess => Status is >= 200 and < 300;

    /// <summary>Status and the server's own words, fit for a log.</summary>
    public string Describe(string secret)
    {
        string words = ErrorWords();
        return words.Length == 0 ? $"HTTP {Status}" : $"HTTP {Status}: {PlainText.Clean(words, secret: secret)}";
    }

    // {"error":{"code":429,"message":"…","status":"RESOURCE_EXHAUSTED"}}. Source: https://cloud.google.com/apis/design/errors.
    private string ErrorWords()
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(Body, s_reading);
            if (document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("error"u8, out JsonElement error) && error.ValueKind == JsonValueKind.Object
                && error.TryGetProperty("message"u8, out JsonElement message) && message.ValueKind == JsonValueKind.String)
            {
                return message.GetString()!;
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: half a surrogate pair
        {
            // A gateway's page instead of the service's JSON: the status says all there is.
        }

        return "";
    }

    // The body of a mint holds a token.
    public override string ToString() => $"HTTP {Status}, {Body.Length} bytes";
}
