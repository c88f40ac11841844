using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;

namespace Matrixd.Exotel;

/// <summary>Turns the payload of a media frame into PCM.</summary>
internal static class ExotelPayload
{
    /// <summary>Decodes.</summary>
    /// <param name="pcm">At least as long as the payload.</param>
    /// <returns>Bytes of s16le, also 0; -1 where the payload is not base64, or not whole samples.</returns>
    public static int Decode(in ExotelFrame frame, Span<byte> pcm)
    {
        ReadOnlySpan<byte> payload = frame.Payload;
        if (frame.PayloadIsEscaped)
        {
            // Rare: the carrier's encoder does not escape. "\/" is the one escape that base64 can bring about.
            payload = Unescape(payload, pcm);
            OperationStatus inPlace = Base64.DecodeFromUtf8InPlace(pcm[..payload.Length], out int unescaped);
            return inPlace == OperationStatus.Done && unescaped % 2 == 0 ? unescaped : -1;
        }

        OperationStatus status = Base64.DecodeFromUtf8(payload, pcm, out _, out int written);
        return status == OperationStatus.Done && written % 2 == 0 ? written : -1;
    }

    private static ReadOnlySpan<byte> Unescape(ReadOnlySpan<byte> payload, Span<byte> into)
    {
        byte[] quoted = ArrayPool<byte>.Shared.Rent(payload.Length + 2);
        quoted[0] = (byte)'"';
        payload.CopyTo(quoted.AsSpan(1));
        quoted[payload.Length + 1] = (byte)'"';
        Utf8JsonReader reader = new(quoted.AsSpan(0, payload.Length + 2));
        reader.Read();
        int length = reader.CopyString(into);
        ArrayPool<byte>.Shared.Return(quoted);
        return into[..length];
    }
}
