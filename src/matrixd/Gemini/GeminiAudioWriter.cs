using System.Buffers.Text;

namespace Matrixd.Gemini;

/// <summary>Writes caller audio, without allocation.</summary>
/// <remarks>
/// snake_case, and a single <c>audio</c>. Observed: camelCase, or <c>mediaChunks</c>, is closed with 1008 at the first frame, with a text about API keys.
/// Source: wire facts of Gemini Live, client to server.
/// </remarks>
internal static class GeminiAudioWriter
{
    private static ReadOnlySpan<byte> Head => """{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000","data":" """u8[..^1];

    private static ReadOnlySpan<byte> Tail => "\"}}}"u8;

    /// <summary>Bytes that a message of so much PCM takes.</summary>
    public static int Length(int pcmBytes) => Head.Length + Base64.GetMaxEncodedToUtf8Length(pcmBytes) + Tail.Length;

    /// <param name="pcm">s16le mono, 16 kHz.</param>
    /// <param name="message">At least <see cref="Length"/> long.</param>
    /// <returns>Bytes written.</returns>
    public static int Write(ReadOnlySpan<byte> pcm, Span<byte> message)
    {
        Head.CopyTo(message);
        Base64.EncodeToUtf8(pcm, message[Head.Length..], out _, out int encoded);
        Tail.CopyTo(message[(Head.Length + encoded)..]);
        return Head.Length + encoded + Tail.Length;
    }
}
