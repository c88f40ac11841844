using System.Globalization;
using System.Text.Json;

namespace Matrixd.Exotel;

/// <summary>Reads the rare frames: start and the reason of a stop.</summary>
/// <remarks>Source: wire facts of Exotel. Both spellings of every key, numbers quoted or bare, units behind them ("8000Hz").</remarks>
internal static class ExotelStartReader
{
    // A number of a phone, an id: nothing Exotel sends is longer.
    private const int MaxField = 256;

    private static readonly JsonDocumentOptions s_options = new() { MaxDepth = 8 };

    /// <exception cref="JsonException">No start object.</exception>
    public static ExotelStart Read(ReadOnlyMemory<byte> json)
    {
        try
        {
            return ReadStart(json);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("an escape in the start frame is not a character", e); // half of a surrogate pair
        }
    }

    private static ExotelStart ReadStart(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(SkipMark(json), s_options);
        JsonElement root = document.RootElement;
        if (!root.TryGetProperty("start", out JsonElement start) || start.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException("the start frame has no start object");
        }

        string streamSid = Text(start, "stream_sid", "streamSid");
        JsonElement format = Child(start, "media_format", "mediaFormat");
        string rate = format.ValueKind == JsonValueKind.Object ? Text(format, "sample_rate", "sampleRate") : "";
        return new ExotelStart(
            streamSid.Length > 0 ? streamSid : Text(root, "stream_sid", "streamSid"),
            Text(start, "call_sid", "callSid"),
            Text(start, "account_sid", "accountSid"),
            Text(start, "from", "From"),
            Text(start, "to", "To"),
            Rate(rate));
    }

    /// <summary>The reason of a stop frame; empty where none came.</summary>
    public static string StopReason(ReadOnlyMemory<byte> json)
    {
        using JsonDocument document = JsonDocument.Parse(SkipMark(json), s_options);
        try
        {
            return document.RootElement.TryGetProperty("stop", out JsonElement stop) && stop.ValueKind == JsonValueKind.Object
                ? Text(stop, "reason", "Reason")
                : "";
        }
        catch (InvalidOperationException)
        {
            return ""; // its text is no text; the stop counts all the same
        }
    }

    private static ReadOnlyMemory<byte> SkipMark(ReadOnlyMemory<byte> json) => json.Span.StartsWith("\uFEFF"u8) ? json[3..] : json;

    private static JsonElement Child(JsonElement parent, string snake, string camel) =>
        parent.TryGetProperty(snake, out JsonElement value) || parent.TryGetProperty(camel, out value) ? value : default;

    private static string Text(JsonElement parent, string snake, string camel)
    {
        JsonElement value = Child(parent, snake, camel);
        string text = value.ValueKind switch
        {
            JsonValueKind.String => value.GetString()!,
            JsonValueKind.Number => value.GetRawText(),
            _ => "",
        };
        return text.Length <= MaxField ? text : text[..MaxField];
    }

    private static int Rate(string text)
    {
        int digits = text.AsSpan().IndexOfAnyExceptInRange('0', '9');
        ReadOnlySpan<char> number = digits < 0 ? text : text.AsSpan(0, digits);
        return int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out int rate) ? rate : 0;
    }
}
