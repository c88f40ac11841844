using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Matrixd.Simulation;

/// <summary>Reads the one message that comes fifty times a second without building a document of it.</summary>
internal static class GeminiAudioReader
{
    /// <summary>Rates that the simulated model hears [Hz].</summary>
    public static int RateOf(ReadOnlySpan<byte> mimeType)
    {
        if (mimeType.SequenceEqual("audio/pcm;rate=16000"u8) || mimeType.SequenceEqual("audio/pcm"u8))
        {
            return 16000;
        }

        if (mimeType.SequenceEqual("audio/pcm;rate=8000"u8))
        {
            return 8000;
        }

        return mimeType.SequenceEqual("audio/pcm;rate=24000"u8) ? 24000 : 0;
    }

    /// <summary>Is this exactly <c>{"realtime_input":{"audio":{…}}}</c> with one mime_type and one data, in plain strings?</summary>
    /// <param name="data">The base64 text, inside <paramref name="message"/>.</param>
    /// <returns>False: something else, to be read the slow way, which also finds what is wrong.</returns>
    public static bool TryRead(ReadOnlySpan<byte> message, out ReadOnlySpan<byte> mimeType, out ReadOnlySpan<byte> data)
    {
        Range mime = default;
        Range text = default;
        Utf8JsonReader json = new(message);
        bool read;
        try
        {
            read = Enter(ref json) && Name(ref json, "realtime_input"u8) && Enter(ref json) && Name(ref json, "audio"u8) && Enter(ref json)
                && Member(ref json, ref mime, ref text) && Member(ref json, ref mime, ref text) && mime.End.Value > 0 && text.End.Value > 0
                && Leave(ref json) && Leave(ref json) && Leave(ref json) && !json.Read();
        }
        catch (JsonException)
        {
            read = false;
        }

        mimeType = message[mime];
        data = message[text];
        return read;
    }

    /// <summary>Decodes base64 into <paramref name="pcm"/>.</summary>
    /// <returns>Bytes written; -1: not base64, or half a sample.</returns>
    public static int Decode(ReadOnlySpan<byte> data, Span<byte> pcm) =>
        Base64.DecodeFromUtf8(data, pcm, out int consumed, out int written) == OperationStatus.Done && consumed == data.Length && written % 2 == 0 ? written : -1;

    private static bool Enter(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.StartObject;

    private static bool Leave(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.EndObject;

    private static bool Name(ref Utf8JsonReader json, ReadOnlySpan<byte> name) =>
        json.Read() && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals(name);

    private static bool Member(ref Utf8JsonReader json, ref Range mime, ref Range data)
    {
        if (!json.Read() || json.TokenType != JsonTokenType.PropertyName)
        {
            return false;
        }

        bool isMime = json.ValueTextEquals("mime_type"u8);
        if ((!isMime && !json.ValueTextEquals("data"u8)) || !json.Read() || json.TokenType != JsonTokenType.String || json.ValueIsEscaped)
        {
            return false;
        }

        int start = (int)json.TokenStartIndex + 1; // after the quotation mark
        Range value = start..(start + json.ValueSpan.Length);
        if (isMime)
        {
            mime = value;
        }
        else
        {
            data = value;
        }

        return true;
    }
}
