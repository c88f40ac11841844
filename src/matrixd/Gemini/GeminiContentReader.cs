using System.Buffers.Text;
using System.Text.Json;
using Matrixd.Calls;

namespace Matrixd.Gemini;

/// <summary>Reads <c>serverContent</c>: what the model says and how its turn goes.</summary>
internal static class GeminiContentReader
{
    /// <summary>Output rate of every known model, where the MIME type does not say [Hz].</summary>
    private const int DefaultRate = 24_000;

    // "audio/pcm;rate=24000" and a parameter or two; a longer type is none of audio.
    private const int MaxMimeType = 128;

    public static void Read(ref Utf8JsonReader reader, ref GeminiMessage message)
    {
        if (!GeminiMessageReader.Into(ref reader, JsonTokenType.StartObject))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            ReadProperty(ref reader, ref message);
        }
    }

    private static void ReadProperty(ref Utf8JsonReader reader, ref GeminiMessage message)
    {
        if (GeminiMessageReader.Is(ref reader, "modelTurn"u8, "model_turn"u8))
        {
            ReadModelTurn(ref reader, ref message);
        }
        else if (reader.ValueTextEquals("interrupted"u8))
        {
            message.Interrupted = GeminiMessageReader.Flag(ref reader);
        }
        else if (GeminiMessageReader.Is(ref reader, "generationComplete"u8, "generation_complete"u8))
        {
            message.GenerationComplete = GeminiMessageReader.Flag(ref reader);
        }
        else if (GeminiMessageReader.Is(ref reader, "turnComplete"u8, "turn_complete"u8))
        {
            message.TurnComplete = GeminiMessageReader.Flag(ref reader);
        }
        else if (GeminiMessageReader.Is(ref reader, "turnCompleteReason"u8, "turn_complete_reason"u8))
        {
            message.TurnNote = NoteOf(GeminiMessageReader.Text(ref reader), message.TurnNote);
        }
        else if (GeminiMessageReader.Is(ref reader, "waitingForInput"u8, "waiting_for_input"u8))
        {
            message.TurnNote = GeminiMessageReader.Flag(ref reader) && message.TurnNote == TurnNote.None ? TurnNote.WaitsForInput : message.TurnNote;
        }
        else if (GeminiMessageReader.Is(ref reader, "interactionStatus"u8, "interaction_status"u8))
        {
            message.InteractionIdle = GeminiMessageReader.Text(ref reader) == "IDLE";
        }
        else if (GeminiMessageReader.Is(ref reader, "inputTranscription"u8, "input_transcription"u8))
        {
            ReadTranscript(ref reader, ref message.InputTranscript);
        }
        else if (GeminiMessageReader.Is(ref reader, "outputTranscription"u8, "output_transcription"u8))
        {
            ReadTranscript(ref reader, ref message.OutputTranscript);
        }
        else
        {
            reader.Skip();
        }
    }

    // Source: ai.google.dev/api/live, TurnCompleteReason. A rejection outweighs whatever else is said.
    private static TurnNote NoteOf(string? reason, TurnNote before) => reason switch
    {
        "RESPONSE_REJECTED" or "MALFORMED_FUNCTION_CALL" => TurnNote.Rejected,
        "NEED_MORE_INPUT" when before == TurnNote.None => TurnNote.WaitsForInput,
        _ => before,
    };

    // Follows what the message has said before of the same transcript.
    private static void ReadTranscript(ref Utf8JsonReader reader, ref TranscriptText transcript)
    {
        if (!GeminiMessageReader.Into(ref reader, JsonTokenType.StartObject))
        {
            return;
        }

        int before = transcript.Length;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("text"u8))
            {
                transcript.Read(ref reader, before);
            }
            else
            {
                reader.Skip();
            }
        }
    }

    private static void ReadModelTurn(ref Utf8JsonReader reader, ref GeminiMessage message)
    {
        if (!GeminiMessageReader.Into(ref reader, JsonTokenType.StartObject))
        {
            return;
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (!reader.ValueTextEquals("parts"u8))
            {
                reader.Skip();
            }
            else if (GeminiMessageReader.Into(ref reader, JsonTokenType.StartArray))
            {
                ReadParts(ref reader, ref message);
            }
        }
    }

    private static void ReadParts(ref Utf8JsonReader reader, ref GeminiMessage message)
    {
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (GeminiMessageReader.Is(ref reader, "inlineData"u8, "inline_data"u8))
                {
                    ReadInlineData(ref reader, ref message);
                }
                else
                {
                    reader.Skip(); // text and thoughts of the model are not for the ear
                }
            }
        }
    }

    private static void ReadInlineData(ref Utf8JsonReader reader, ref GeminiMessage message)
    {
        if (!GeminiMessageReader.Into(ref reader, JsonTokenType.StartObject))
        {
            return;
        }

        AudioPart part = default;
        int rate = DefaultRate;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            bool isData = reader.ValueTextEquals("data"u8);
            bool isType = GeminiMessageReader.Is(ref reader, "mimeType"u8, "mime_type"u8);
            reader.Read();
            if (isData && reader.TokenType == JsonTokenType.String)
            {
                part = new AudioPart((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length, DefaultRate, reader.ValueIsEscaped);
            }
            else if (isType && reader.TokenType == JsonTokenType.String)
            {
                rate = RateOf(ref reader);
            }
            else
            {
                reader.Skip();
            }
        }

        if (part.Length == 0)
        {
            return;
        }

        if (rate > 0)
        {
            Add(ref message, part with { SampleRate = rate });
        }
        else
        {
            message.AudioPartsLeftOut++;
        }
    }

    private static void Add(ref GeminiMessage message, AudioPart part)
    {
        if (message.AudioParts == GeminiMessage.MaxAudioParts)
        {
            message.AudioPartsLeftOut++;
        }
        else
        {
            message.Audio[message.AudioParts++] = part;
        }
    }

    // "audio/pcm;rate=24000", or bare; 0: not audio that can be brought to a phone's rate.
    private static int RateOf(ref Utf8JsonReader reader)
    {
        Span<byte> mimeType = stackalloc byte[MaxMimeType];
        if (reader.ValueSpan.Length > MaxMimeType)
        {
            return 0;
        }

        mimeType = mimeType[..reader.CopyString(mimeType)]; // some encoders escape the '/' or the '='
        if (!mimeType.StartsWith("audio/pcm"u8))
        {
            return 0;
        }

        int at = mimeType.IndexOf("rate="u8);
        if (at < 0)
        {
            return DefaultRate;
        }

        return Utf8Parser.TryParse(mimeType[(at + 5)..], out int rate, out _) && rate is 8000 or 16000 or 24000 ? rate : 0;
    }
}
