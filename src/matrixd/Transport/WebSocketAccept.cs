using System.Security.Cryptography;
using System.Text;

namespace Matrixd.Transport;

/// <summary>Key and answer of the opening handshake. Source: RFC 6455 §4.2.2.</summary>
internal static class WebSocketAccept
{
    private const int KeyBytes = 16;
    private static ReadOnlySpan<byte> Guid => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>A key for our own handshake: 16 random bytes in base64.</summary>
    public static string NewKey() => Convert.ToBase64String(RandomNumberGenerator.GetBytes(KeyBytes));

    /// <summary>Is it "a base64-encoded value that, when decoded, is 16 bytes in length"?</summary>
    public static bool IsKey(string? key)
    {
        Span<byte> bytes = stackalloc byte[KeyBytes + 2]; // 24 characters hold 18 bytes without padding
        return key is { Length: 24 } && Convert.TryFromBase64String(key, bytes, out int written) && written == KeyBytes;
    }

    /// <summary>The answer to <paramref name="key"/>.</summary>
    /// <param name="key">24 characters.</param>
    public static string For(string key)
    {
        Span<byte> text = stackalloc byte[24 + 36];
        int size = Encoding.ASCII.GetBytes(key, text);
        Guid.CopyTo(text[size..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
#pragma warning disable CA5350 // the handshake asks for SHA-1; nothing secret rests on it
        SHA1.HashData(text[..(size + Guid.Length)], hash);
#pragma warning restore CA5350
        return Convert.ToBase64String(hash);
    }
}
