using System.Buffers;
using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Models;

namespace Matrixd.Gemini;

/// <summary>Writes what we send after the setup, audio aside.</summary>
/// <remarks>
/// Realtime input is snake_case, everything else camelCase. Observed: a camelCase realtime input is closed with 1008 and a text about
/// unregistered callers. Source: https://ai.google.dev/api/live.
/// </remarks>
internal static class ClientMessages
{
    /// <summary>The caller's stream pauses for more than a second.</summary>
    public static ReadOnlySpan<byte> AudioStreamEnd => "{\"realtime_input\":{\"audio_stream_end\":true}}"u8;

    public static void WriteAudioStreamEnd(IBufferWriter<byte> output) => output.Write(AudioStreamEnd);

    /// <summary>Asks the model to speak first. Every model takes this form, and only before any audio.</summary>
    public static void WriteOpeningText(IBufferWriter<byte> output, string text) => WriteHistory(output, [], text);

    /// <summary>Tells a new session what has been said. Every model takes this form, and only before any audio.</summary>
    /// <param name="request">What the model is to answer, in the user's role, after the turns; empty: it is to wait.</param>
    public static void WriteHistory(IBufferWriter<byte> output, IReadOnlyList<PastTurn> turns, string request)
    {
        using var json = new Utf8JsonWriter(output, SetupWriter.Writing);
        json.WriteStartObject();
        json.WriteStartObject("clientContent"u8);
        json.WriteStartArray("turns"u8);
        foreach (PastTurn turn in turns)
        {
            WriteTurn(json, turn.Speaker == Speaker.Model ? "model"u8 : "user"u8, turn.Text);
        }

        if (request.Length > 0)
        {
            WriteTurn(json, "user"u8, request);
        }

        json.WriteEndArray();
        json.WriteBoolean("turnComplete"u8, request.Length > 0);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Says something to the model once audio has flowed.</summary>
    public static void WriteText(IBufferWriter<byte> output, ModelQuirks quirks, string text)
    {
        if (quirks.MidCallText == MidCallText.ClientContent)
        {
            WriteOpeningText(output, text);
            return;
        }

        using var json = new Utf8JsonWriter(output, SetupWriter.Writing);
        json.WriteStartObject();
        json.WriteStartObject("realtime_input"u8);
        json.WriteString("text"u8, text);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    /// <summary>Answers one tool call.</summary>
    /// <param name="id">The model's id of the call; empty: it gave none.</param>
    /// <param name="response">JSON object: <c>{"output":…}</c> or <c>{"error":…}</c>.</param>
    /// <exception cref="JsonException">The response is not JSON. The output then holds an unfinished message.</exception>
    public static void WriteToolResponse(IBufferWriter<byte> output, ModelQuirks quirks, string id, string name, string response)
    {
        using var json = new Utf8JsonWriter(output, SetupWriter.Writing);
        json.WriteStartObject();
        json.WriteStartObject("toolResponse"u8);
        json.WriteStartArray("functionResponses"u8);
        json.WriteStartObject();
        if (id.Length > 0)
        {
            json.WriteString("id"u8, id);
        }

        json.WriteString("name"u8, name);
        json.WritePropertyName("response"u8);
        json.WriteRawValue(response);
        if (quirks.NonBlockingTools) // an unknown field to the others
        {
            json.WriteString("scheduling"u8, "WHEN_IDLE"u8);
        }

        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteTurn(Utf8JsonWriter json, ReadOnlySpan<byte> role, string text)
    {
        json.WriteStartObject();
        json.WriteString("role"u8, role);
        json.WriteStartArray("parts"u8);
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
