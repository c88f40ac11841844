using System.Buffers;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Matrixd.Simulation;

/// <summary>Writes the model's messages as Google does: UTF-8 JSON, camelCase, indented by two.</summary>
/// <remarks>One owner, who calls one method at a time and is done with the result before the next. The buffer is kept.</remarks>
#pragma warning disable CA1001 // a Utf8JsonWriter over a buffer of its owner's has nothing to release
internal sealed class GeminiMessageWriter
#pragma warning restore CA1001
{
    private static readonly JsonWriterOptions s_pretty = new() { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly ArrayBufferWriter<byte> _buffer = new(16 * 1024); // one audio message of 191 ms is 12 KiB
    private readonly Utf8JsonWriter _json;

    public GeminiMessageWriter() => _json = new Utf8JsonWriter(_buffer, s_pretty);

    public ReadOnlySpan<byte> SetupComplete()
    {
        Begin("setupComplete");
        return End();
    }

    /// <param name="pcm">24 kHz.</param>
    /// <param name="transcript">What is said in it, in the same message; empty: none.</param>
    /// <param name="bareMime">The mime type without its rate, as some answers come.</param>
    public ReadOnlySpan<byte> Audio(ReadOnlySpan<short> pcm, string transcript, bool bareMime)
    {
        Begin("serverContent");
        _json.WriteStartObject("modelTurn");
        _json.WriteStartArray("parts");
        _json.WriteStartObject();
        _json.WriteStartObject("inlineData");
        _json.WriteString("mimeType"u8, bareMime ? "audio/pcm"u8 : "audio/pcm;rate=24000"u8);
        _json.WriteBase64String("data"u8, MemoryMarshal.AsBytes(pcm));
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.WriteEndArray();
        _json.WriteEndObject();
        if (transcript.Length > 0)
        {
            Transcript("outputTranscription", transcript, finished: false);
        }

        return End();
    }

    public ReadOnlySpan<byte> InputTranscription(string text) => Transcription("inputTranscription", text, finished: true);

    public ReadOnlySpan<byte> OutputTranscription(string text) => Transcription("outputTranscription", text, finished: false);

    public ReadOnlySpan<byte> GenerationComplete() => Flag("generationComplete");

    public ReadOnlySpan<byte> Interrupted() => Flag("interrupted");

    /// <param name="idle">The model's end of turn is interactionStatus IDLE.</param>
    /// <param name="promptTokens">For usageMetadata, which stands beside it.</param>
    /// <param name="reason">turnCompleteReason; empty: none.</param>
    public ReadOnlySpan<byte> TurnComplete(bool idle, int promptTokens, int responseTokens, string reason = "")
    {
        Begin("serverContent");
        if (idle)
        {
            _json.WriteString("interactionStatus", "IDLE");
        }
        else
        {
            _json.WriteBoolean("turnComplete", true);
        }

        if (reason.Length > 0)
        {
            _json.WriteString("turnCompleteReason", reason);
        }

        _json.WriteEndObject();
        _json.WriteStartObject("usageMetadata");
        _json.WriteNumber("promptTokenCount", promptTokens);
        _json.WriteNumber("responseTokenCount", responseTokens);
        _json.WriteNumber("totalTokenCount", promptTokens + responseTokens);
        Details("promptTokensDetails", promptTokens);
        Details("responseTokensDetails", responseTokens);
        return End();
    }

    /// <param name="args">A JSON object.</param>
    public ReadOnlySpan<byte> ToolCall(string id, string name, string args)
    {
        Begin("toolCall");
        _json.WriteStartArray("functionCalls");
        _json.WriteStartObject();
        _json.WriteString("name", name);
        _json.WritePropertyName("args");
        _json.WriteRawValue(args);
        _json.WriteString("id", id);
        _json.WriteEndObject();
        _json.WriteEndArray();
        return End();
    }

    public ReadOnlySpan<byte> ToolCallCancellation(string id)
    {
        Begin("toolCallCancellation");
        _json.WriteStartArray("ids");
        _json.WriteStringValue(id);
        _json.WriteEndArray();
        return End();
    }

    public ReadOnlySpan<byte> GoAway(TimeSpan left)
    {
        Begin("goAway");
        _json.WriteString("timeLeft", left.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture) + "s");
        return End();
    }

    /// <param name="handle">Null: not resumable now.</param>
    public ReadOnlySpan<byte> Resumption(string? handle)
    {
        Begin("sessionResumptionUpdate");
        if (handle is not null)
        {
            _json.WriteString("newHandle", handle);
            _json.WriteBoolean("resumable", true);
        }

        return End();
    }

    private ReadOnlySpan<byte> Flag(string name)
    {
        Begin("serverContent");
        _json.WriteBoolean(name, true);
        return End();
    }

    private ReadOnlySpan<byte> Transcription(string name, string text, bool finished)
    {
        Begin("serverContent");
        Transcript(name, text, finished);
        return End();
    }

    private void Transcript(string name, string text, bool finished)
    {
        _json.WriteStartObject(name);
        if (text.Length > 0)
        {
            _json.WriteString("text", text);
        }

        if (finished)
        {
            _json.WriteBoolean("finished", true);
        }

        _json.WriteEndObject();
    }

    private void Details(string name, int tokens)
    {
        _json.WriteStartArray(name);
        _json.WriteStartObject();
        _json.WriteString("modality", "AUDIO");
        _json.WriteNumber("tokenCount", tokens);
        _json.WriteEndObject();
        _json.WriteEndArray();
    }

    private void Begin(string name)
    {
        _buffer.ResetWrittenCount();
        _json.Reset();
        _json.WriteStartObject();
        _json.WriteStartObject(name);
    }

    private ReadOnlySpan<byte> End()
    {
        _json.WriteEndObject();
        _json.WriteEndObject();
        _json.Flush();
        return _buffer.WrittenSpan;
    }
}
