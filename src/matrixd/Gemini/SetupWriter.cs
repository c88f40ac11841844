using System.Buffers;
using System.Text.Encodings.Web;
using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Models;

namespace Matrixd.Gemini;

/// <summary>Writes the first message of a connection.</summary>
/// <remarks>
/// camelCase throughout; the audio messages that follow are snake_case, and each form is closed with 1007 or 1008 in the other's place.
/// Source: https://ai.google.dev/api/live#BidiGenerateContentSetup.
/// </remarks>
internal static class SetupWriter
{
    /// <summary>[ms] Speech before its detected start that counts as said. Observed: settings reported to work on phone lines.</summary>
    public const int PrefixPaddingMs = 300;

    /// <summary>[ms] Silence that ends the caller's turn. Observed: 500 to 1400 are in use on phone lines; below, people are cut off in thought.</summary>
    public const int SilenceDurationMs = 700;

    // Prompts in Indian scripts would double in size as \uXXXX; nothing here ends up in HTML.
    internal static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    /// <summary>The model that a setup is for: its own, else the configured one; without <c>models/</c>.</summary>
    public static string ModelName(ModelSetup setup, GeminiOptions options) =>
        ModelQuirks.BareName(setup.Model.Length > 0 ? setup.Model : options.Model).ToString();

    /// <summary>Writes <c>{"setup":…}</c> as UTF-8.</summary>
    /// <param name="resumptionHandle">Handle of the session to go on with; null or empty: a new session.</param>
    /// <exception cref="JsonException">A tool's parameters are not a JSON object. The output then holds an unfinished message.</exception>
    public static void Write(IBufferWriter<byte> output, ModelSetup setup, GeminiOptions options, ModelQuirks quirks, string? resumptionHandle = null)
    {
        using var json = new Utf8JsonWriter(output, Writing);
        json.WriteStartObject();
        json.WriteStartObject("setup"u8);
        json.WriteString("model"u8, "models/" + ModelName(setup, options));
        WriteGenerationConfig(json, setup, quirks);
        WriteInstruction(json, setup.Instruction);
        WriteTools(json, setup.Tools, quirks);
        WriteRealtimeInputConfig(json);
        json.WriteStartObject("sessionResumption"u8);
        if (!string.IsNullOrEmpty(resumptionHandle)) // a null handle is an invalid argument
        {
            json.WriteString("handle"u8, resumptionHandle);
        }

        json.WriteEndObject();
        json.WriteStartObject("contextWindowCompression"u8); // without it a session ends after 15 minutes of audio
        WriteEmpty(json, "slidingWindow"u8);
        json.WriteEndObject();
        WriteEmpty(json, "inputAudioTranscription"u8);
        WriteEmpty(json, "outputAudioTranscription"u8);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteGenerationConfig(Utf8JsonWriter json, ModelSetup setup, ModelQuirks quirks)
    {
        json.WriteStartObject("generationConfig"u8);
        json.WriteStartArray("responseModalities"u8);
        json.WriteStringValue("AUDIO"u8);
        json.WriteEndArray();
        if (setup.Voice.Length > 0 || setup.Language.Length > 0)
        {
            json.WriteStartObject("speechConfig"u8);
            if (setup.Voice.Length > 0)
            {
                json.WriteStartObject("voiceConfig"u8);
                json.WriteStartObject("prebuiltVoiceConfig"u8);
                json.WriteString("voiceName"u8, setup.Voice);
                json.WriteEndObject();
                json.WriteEndObject();
            }

            if (setup.Language.Length > 0)
            {
                json.WriteString("languageCode"u8, setup.Language);
            }

            json.WriteEndObject();
        }

        WriteThinking(json, quirks);
        json.WriteEndObject();
    }

    private static void WriteThinking(Utf8JsonWriter json, ModelQuirks quirks)
    {
        if (quirks.Thinking == ThinkingField.None)
        {
            return;
        }

        json.WriteStartObject("thinkingConfig"u8);
        if (quirks.Thinking == ThinkingField.Level)
        {
            json.WriteString("thinkingLevel"u8, quirks.ThinkingLevel);
        }
        else
        {
            json.WriteNumber("thinkingBudget"u8, quirks.ThinkingBudget);
        }

        json.WriteEndObject();
    }

    private static void WriteInstruction(Utf8JsonWriter json, string instruction)
    {
        if (instruction.Length == 0)
        {
            return;
        }

        json.WriteStartObject("systemInstruction"u8);
        json.WriteStartArray("parts"u8);
        json.WriteStartObject();
        json.WriteString("text"u8, instruction);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void WriteTools(Utf8JsonWriter json, IReadOnlyList<ToolDeclaration> tools, ModelQuirks quirks)
    {
        if (tools.Count == 0)
        {
            return;
        }

        json.WriteStartArray("tools"u8);
        json.WriteStartObject();
        json.WriteStartArray("functionDeclarations"u8);
        foreach (ToolDeclaration tool in tools)
        {
            json.WriteStartObject();
            json.WriteString("name"u8, tool.Name);
            json.WriteString("description"u8, tool.Description);
            if (tool.Parameters.Length > 0)
            {
                json.WritePropertyName("parametersJsonSchema"u8);
                SchemaWriter.Write(json, tool.Parameters);
            }

            if (quirks.NonBlockingTools)
            {
                json.WriteString("behavior"u8, "NON_BLOCKING"u8);
            }

            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private static void WriteRealtimeInputConfig(Utf8JsonWriter json)
    {
        json.WriteStartObject("realtimeInputConfig"u8);
        json.WriteStartObject("automaticActivityDetection"u8);
        json.WriteString("startOfSpeechSensitivity"u8, "START_SENSITIVITY_LOW"u8); // HIGH takes line noise and echo for speech
        json.WriteString("endOfSpeechSensitivity"u8, "END_SENSITIVITY_LOW"u8);
        json.WriteNumber("prefixPaddingMs"u8, PrefixPaddingMs);
        json.WriteNumber("silenceDurationMs"u8, SilenceDurationMs);
        json.WriteEndObject();
        json.WriteString("activityHandling"u8, "START_OF_ACTIVITY_INTERRUPTS"u8);
        json.WriteEndObject();
    }

    private static void WriteEmpty(Utf8JsonWriter json, ReadOnlySpan<byte> name)
    {
        json.WriteStartObject(name);
        json.WriteEndObject();
    }
}
