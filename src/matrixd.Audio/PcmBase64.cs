using System.Buffers;
using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Matrixd.Audio;

/// <summary>16-bit PCM as base64 text, the way telephony and speech services carry it in JSON. Stateless; any thread; allocates nothing.</summary>
/// <remarks>
/// Text and samples stay where the caller has them, in pooled buffers for example; nothing is copied in between. The base library's vector code does
/// the work. Samples are little-endian in the text, as they are in memory here.
/// Source: RFC 4648, section 4.
/// </remarks>
public static class PcmBase64
{
    /// <summary>Characters of so many samples, padding included.</summary>
    /// <param name="samples">0 to 805,306,365.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="samples"/> is negative or too many.</exception>
    public static int EncodedLength(int samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(samples, 805_306_365); // an int has room for no more text
        return Base64.GetMaxEncodedToUtf8Length(samples * Pcm.BytesPerSample);
    }

    /// <summary>Writes samples as text.</summary>
    /// <param name="pcm">Any number of samples.</param>
    /// <param name="text">At least <see cref="EncodedLength"/> bytes; must not overlap.</param>
    /// <returns>Bytes written: <see cref="EncodedLength"/>.</returns>
    /// <exception cref="ArgumentException"><paramref name="text"/> is too short. What it holds is undefined.</exception>
    public static int Encode(ReadOnlySpan<short> pcm, Span<byte> text)
    {
        if (Base64.EncodeToUtf8(MemoryMarshal.AsBytes(pcm), text, out _, out int written) != OperationStatus.Done)
        {
            throw new ArgumentException($"{pcm.Length} samples take {EncodedLength(pcm.Length)} characters, {text.Length} are there.", nameof(text));
        }

        return written;
    }

    /// <summary>Reads samples from text, into memory for samples.</summary>
    /// <returns>The number of samples, also 0; -1 as <see cref="TryDecode"/> gives false.</returns>
    /// <inheritdoc cref="TryDecode"/>
    public static int Decode(ReadOnlySpan<byte> text, Span<short> pcm) =>
        TryDecode(text, MemoryMarshal.AsBytes(pcm), out int bytes) ? bytes / Pcm.BytesPerSample : -1;

    /// <summary>Reads samples from text, into memory for bytes.</summary>
    /// <param name="text">Padded; white space in it is passed over.</param>
    /// <param name="pcm">Three quarters of the text's length are enough; must not overlap.</param>
    /// <param name="bytes">What was written: whole samples. 0 where the text is refused, and what <paramref name="pcm"/> holds then is undefined.</param>
    /// <returns>False where the text is no base64, does not make whole samples, or does not fit.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> text, Span<byte> pcm, out int bytes)
    {
        if (Base64.DecodeFromUtf8(text, pcm, out _, out bytes) == OperationStatus.Done && bytes % Pcm.BytesPerSample == 0)
        {
            return true;
        }

        bytes = 0;
        return false;
    }
}
