using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Matrixd.Diagnostics;

/// <summary>Copies a message of either wire into a line, without what must not stand there.</summary>
/// <remarks>
/// Secrets never; a session handle, which opens the session to whoever has it, only as the beginning of its hash, so that it can be followed from where it
/// was given to where it is used; audio as its length unless it is to be kept; of telephone numbers the last four digits unless they are to be kept.
/// What has been masked once comes out the same when it is masked again. Any thread.
/// </remarks>
internal sealed class TapeText(bool keepAudio, bool keepNumbers)
{
    public const string AudioBytes = "audio_bytes";

    /// <summary>Prompts in Indian scripts would double in size as \uXXXX; nothing here ends up in HTML.</summary>
    internal static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private const string HashPrefix = "sha256:";

    // Deeper than anything a wire says, schemas of tools included.
    private const int MaxDepth = 64;

    private enum Name : byte
    {
        Plain,

        /// <summary>An object with audio in it.</summary>
        AudioHolder,

        /// <summary>Audio, where it stands in its holder.</summary>
        Audio,
        Handle,
        Secret,

        /// <summary>Digits here are no telephone number.</summary>
        Id,
    }

    /// <summary>Copies one JSON value.</summary>
    /// <exception cref="JsonException">It is none.</exception>
    /// <exception cref="InvalidOperationException">A string in it is no text.</exception>
    public void Write(Utf8JsonWriter to, ReadOnlySpan<byte> json)
    {
        Utf8JsonReader reader = new(json, new JsonReaderOptions { MaxDepth = MaxDepth });
        Span<Name> names = stackalloc Name[MaxDepth + 2];
        names.Clear();
        while (reader.Read())
        {
            int depth = reader.CurrentDepth;
            switch (reader.TokenType)
            {
                case JsonTokenType.PropertyName:
                    names[depth] = NameOf(ref reader, holder: names[depth - 1] == Name.AudioHolder);
                    to.WritePropertyName(reader.GetString()!);
                    break;
                case JsonTokenType.StartArray:
                    names[depth + 1] = names[depth]; // its items go by its name
                    to.WriteStartArray();
                    break;
                case JsonTokenType.String:
                    WriteString(to, ref reader, names[depth]);
                    break;
                case JsonTokenType.StartObject:
                    to.WriteStartObject();
                    break;
                case JsonTokenType.EndObject:
                    to.WriteEndObject();
                    break;
                case JsonTokenType.EndArray:
                    to.WriteEndArray();
                    break;
                default:
                    to.WriteRawValue(reader.ValueSpan, skipInputValidation: true); // numbers as they came, true, false, null
                    break;
            }
        }
    }

    /// <summary>Text that stands beside messages: a close reason, a detail.</summary>
    public string Mask(string text) => text.Contains("auth_tokens/", StringComparison.Ordinal) ? "***" : keepNumbers ? text : PhoneMask.Of(text);

    private void WriteString(Utf8JsonWriter to, ref Utf8JsonReader reader, Name name)
    {
        switch (name)
        {
            case Name.Audio when !keepAudio:
                to.WriteStartObject();
                to.WriteNumber(AudioBytes, DecodedLength(reader.ValueSpan));
                to.WriteEndObject();
                break;
            case Name.Audio when !reader.ValueIsEscaped:
                to.WriteStringValue(reader.ValueSpan);
                break;
            case Name.Audio or Name.Id:
                to.WriteStringValue(reader.GetString());
                break;
            case Name.Handle:
                to.WriteStringValue(Hash(reader.GetString()!));
                break;
            case Name.Secret:
                to.WriteStringValue("***");
                break;
            default:
                to.WriteStringValue(Mask(reader.GetString()!));
                break;
        }
    }

    private static Name NameOf(ref Utf8JsonReader reader, bool holder)
    {
        string name = reader.GetString()!;
        return name switch
        {
            "payload" or "data" when holder => Name.Audio,
            "media" or "audio" or "inlineData" or "inline_data" or "mediaChunks" or "media_chunks" => Name.AudioHolder,
            "handle" or "newHandle" or "new_handle" => Name.Handle,
            "access_token" or "accessToken" or "api_key" or "apiKey" or "token" or "password" or "authorization" or "Authorization" or "secret" => Name.Secret,
            "id" or "ids" or "timestamp" or "chunk" or "sequence_number" or "sequenceNumber" or "mimeType" or "mime_type" or "model" or "name" => Name.Id,
            _ when name.EndsWith("sid", StringComparison.OrdinalIgnoreCase) => Name.Id,
            _ => Name.Plain,
        };
    }

    private static string Hash(string handle)
    {
        if (handle.Length == 0 || handle.StartsWith(HashPrefix, StringComparison.Ordinal))
        {
            return handle;
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(handle), hash);
        return HashPrefix + Convert.ToHexStringLower(hash[..8]); // enough to tell the handles of a call apart
    }

    private static int DecodedLength(ReadOnlySpan<byte> base64) => (base64.Length / 4 * 3) - (base64.EndsWith("=="u8) ? 2 : base64.EndsWith("="u8) ? 1 : 0);
}
