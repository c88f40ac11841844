using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Matrixd.Audio;

namespace Matrixd.Transport;

/// <summary>Base64 as it stands in a JSON string.</summary>
internal static class JsonBase64
{
    /// <summary>Decodes PCM.</summary>
    /// <param name="text">What stands between the quotes.</param>
    /// <param name="isEscaped">It holds JSON escapes: <c>\/</c>, <c>\u003d</c>.</param>
    /// <param name="pcm">At least as long as the text.</param>
    /// <returns>Bytes of s16le, also 0; -1 where the text is not base64, or not whole samples.</returns>
    public static int Decode(ReadOnlySpan<byte> text, bool isEscaped, Span<byte> pcm)
    {
        if (!isEscaped)
        {
            return PcmBase64.TryDecode(text, pcm, out int bytes) ? bytes : -1;
        }

        int length = Unescape(text, pcm);
        return length >= 0 && Base64.DecodeFromUtf8InPlace(pcm[..length], out int written) == OperationStatus.Done && written % Pcm.BytesPerSample == 0
            ? written
            : -1;
    }

    // Rare: most encoders leave base64's characters alone.
    private static int Unescape(ReadOnlySpan<byte> text, Span<byte> into)
    {
        byte[] quoted = ArrayPool<byte>.Shared.Rent(text.Length + 2);
        int length;
        try
        {
            quoted[0] = (byte)'"';
            text.CopyTo(quoted.AsSpan(1));
            quoted[text.Length + 1] = (byte)'"';
            Utf8JsonReader reader = new(quoted.AsSpan(0, text.Length + 2));
            reader.Read();
            length = reader.CopyString(into);
        }
        catch (InvalidOperationException)
        {
            length = -1; // half of a surrogate pair
        }

        ArrayPool<byte>.Shared.Return(quoted);
        return length;
    }
}
