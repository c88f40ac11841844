using System.Buffers;
using System.Security.Cryptography;
using System.Text;

namespace Matrixd.Gemini;

/// <summary>What an ephemeral token looks like.</summary>
internal static class GeminiToken
{
    public const string Shared = "shared";

    public const string Browser = "browser";

    /// <summary>Observed: 76. The bound keeps the upgrade's request line small.</summary>
    public const int MaxLength = 512;

    // It stands unescaped in a query, so what would end or change a query's value is none of it.
    private static readonly SearchValues<char> s_characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/=");

    public static bool IsTokenCharacter(char c) => s_characters.Contains(c);

    /// <summary>True: it can go into the WebSocket's address as it is.</summary>
    public static bool IsUsable(string value) =>
        value.Length is > 12 and <= MaxLength
        && value.StartsWith("auth_tokens/", StringComparison.Ordinal)
        && !value.AsSpan().ContainsAnyExcept(s_characters);

    /// <summary>Names a token in logs without telling it.</summary>
    public static string Fingerprint(string value)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(value), hash);
        return Convert.ToHexStringLower(hash[..4]); // enough to tell a handful of tokens apart
    }
}
