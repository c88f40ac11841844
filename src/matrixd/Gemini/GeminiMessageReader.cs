using System.Buffers.Text;
using System.Globalization;
using System.Text.Json;

namespace Matrixd.Gemini;

/// <summary>Reads a message from Gemini in one pass, in place.</summary>
/// <remarks>
/// camelCase is what comes, snake_case is taken too; unknown keys are passed over. Nothing is acted upon before the whole message is read: an
/// <c>interrupted</c> behind an audio part voids it. Source: wire facts of Gemini Live, server to client.
/// </remarks>
internal static class GeminiMessageReader
{
    private static readonly JsonReaderOptions s_options = new() { MaxDepth = 64 };

    /// <param name="json">One JSON object in UTF-8, of a text or a binary frame.</param>
    /// <exception cref="JsonException">Not one JSON object.</exception>
    public static GeminiMessage Read(ReadOnlySpan<byte> json)
    {
        try
        {
            return ReadMessage(json);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("an escape in the message is not a character", e); // half of a surrogate pair
        }
    }

    private static GeminiMessage ReadMessage(ReadOnlySpan<byte> json)
    {
        GeminiMessage message = default;
        Utf8JsonReader reader = new(json, s_options);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("a message is one JSON object");
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadProperty(ref reader, ref message);
        }

        if (reader.Read())
        {
            throw new JsonException("something follows the message's object");
        }

        return message;
    }

    private static void ReadProperty(ref Utf8JsonReader reader, ref GeminiMessage message)
    {
        if (Is(ref reader, "serverContent"u8, "server_content"u8))
        {
            GeminiContentReader.Read(ref reader, ref message);
        }
        else if (Is(ref reader, "setupComplete"u8, "setup_complete"u8))
        {
            message.SetupComplete = true;
            reader.Skip();
        }
        else if (Is(ref reader, "toolCall"u8, "tool_call"u8))
        {
            GeminiToolCallReader.ReadCalls(ref reader, ref message);
        }
        else if (Is(ref reader, "toolCallCancellation"u8, "tool_call_cancellation"u8))
        {
            GeminiToolCallReader.ReadCancellation(ref reader, ref message);
        }
        else if (Is(ref reader, "usageMetadata"u8, "usage_metadata"u8))
        {
            ReadUsage(ref reader, ref message);
        }
        else if (Is(ref reader, "goAway"u8, "go_away"u8))
        {
            ReadGoAway(ref reader, ref message);
        }
        else if (Is(ref reader, "sessionResumptionUpdate"u8, "session_resumption_update"u8))
        {
            ReadResumption(ref reader, ref message);
        }
        else if (reader.ValueTextEquals("error"u8))
        {
            ReadError(ref reader, ref message);
        }
        else
        {
            reader.Skip();
        }
    }

    internal static bool Is(ref Utf8JsonReader reader, ReadOnlySpan<byte> camel, ReadOnlySpan<byte> snake) =>
        reader.ValueTextEquals(camel) || reader.ValueTextEquals(snake);

    /// <summary>Enters the object or array that is the value of the property read last; any other value is passed over.</summary>
    internal static bool Into(ref Utf8JsonReader reader, JsonTokenType start)
    {
        reader.Read();
        if (reader.TokenType == start)
        {
            return true;
        }

        reader.Skip();
        return false;
    }

    /// <summary>The string that is the value of the property read last; null for any other value.</summary>
    internal static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return reader.GetString();
        }

        reader.Skip();
        return null;
    }

    internal static bool Flag(ref Utf8JsonReader reader)
    {
        reader.Read();
        bool value = reader.TokenType == JsonTokenType.True;
        reader.Skip();
        return value;
    }

    private static void ReadUsage(ref Utf8JsonReader reader, ref GeminiMessage message)
    {
        if (!Into(ref reader, JsonTokenType.StartObject))
        {
            return;
        }

        message.HasUsage = true;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool prompt = Is(ref reader, "promptTokenCount"u8, "prompt_token_count"u8);
            bool response = Is(ref reader, "responseTokenCount"u8, "response_token_count"u8);
            reader.Read();
            long count = Count(ref reader);
            message.PromptTokens += prompt ? count : 0;
            message.ResponseTokens += response ? count : 0;
        }
    }

    // int64 comes as a string in protobuf's JSON, int32 bare.
    private static long Count(ref Utf8JsonReader reader)
    {
        long count = 0;
        if (reader.TokenType is JsonTokenType.Number or JsonTokenType.String)
        {
            _ = Utf8Parser.TryParse(reader.ValueSpan, out count, out _);
        }

        reader.Skip();
        return Math.Max(0, count);
    }

    private static void ReadGoAway(ref Utf8JsonReader reader, ref GeminiMessage message)
    {
        message.GoAway = TimeSpan.Zero;
        if (!Into(ref reader, JsonTokenType.StartObject))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool timeLeft = Is(ref reader, "timeLeft"u8, "time_left"u8);
            string? text = Text(ref reader);
            if (timeLeft && text is not null && double.TryParse(text.TrimEnd('s'), NumberStyles.Float, CultureInfo.InvariantCulture, out double seconds) && double.IsFinite(seconds))
            {
                message.GoAway = TimeSpan.FromSeconds(Math.Clamp(seconds, 0, 3600));
            }
        }
    }

    private static void ReadResumption(ref Utf8JsonReader reader, ref GeminiMessage message)
    {
        if (!Into(ref reader, JsonTokenType.StartObject))
        {
            return;
        }

        string? handle = null;
        bool resumable = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (Is(ref reader, "newHandle"u8, "new_handle"u8))
            {
                handle = Text(ref reader);
            }
            else if (reader.ValueTextEquals("resumable"u8))
            {
                resumable = Flag(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        message.Handle = resumable && handle is { Length: > 0 } ? handle : null;
        message.NotResumable = message.Handle is null;
    }

    private static void ReadError(ref Utf8JsonReader reader, ref GeminiMessage message)
    {
        message.Error = "an error object";
        if (!Into(ref reader, JsonTokenType.StartObject))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("message"u8))
            {
                message.Error = Text(ref reader) ?? message.Error;
            }
            else
            {
                reader.Skip();
            }
        }
    }
}
