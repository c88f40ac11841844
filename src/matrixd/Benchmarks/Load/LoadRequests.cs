using System.Globalization;
using System.Text;
using Matrixd.Transport;

namespace Matrixd.Benchmarks;

/// <summary>The few HTTP requests that a daemon makes to Gemini: a token, the list of models, the upgrade.</summary>
internal static class LoadRequests
{
    private const string Token = """{"name":"auth_tokens/bench"}""";
    private const string Models = """{"models":[{"name":"models/gemini-3.1-flash-live-preview","supportedGenerationMethods":["bidiGenerateContent"]}]}""";

    /// <summary>Takes the first request of <paramref name="data"/>.</summary>
    /// <returns>Its length; 0: it is not all there yet.</returns>
    public static int Take(ReadOnlySpan<byte> data, out bool upgrade, out byte[] answer)
    {
        upgrade = false;
        answer = [];
        int end = data.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            return 0;
        }

        string head = Encoding.ASCII.GetString(data[..(end + 2)]);
        int length = int.TryParse(Header(head, "Content-Length"), NumberStyles.None, CultureInfo.InvariantCulture, out int body) ? body : 0;
        if (data.Length < end + 4 + length)
        {
            return 0;
        }

        upgrade = head.Contains("BidiGenerateContent", StringComparison.Ordinal);
        answer = Encoding.ASCII.GetBytes(
            upgrade ? $"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Accept: {WebSocketAccept.For(Header(head, "Sec-WebSocket-Key"))}\r\n\r\n"
            : Json(head.Contains("/auth_tokens", StringComparison.Ordinal) ? Token : Models));
        return end + 4 + length;
    }

    private static string Json(string body) => $"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n{body}";

    private static string Header(string head, string name)
    {
        int at = head.IndexOf($"\r\n{name}:", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return "";
        }

        int from = at + name.Length + 3;
        return head[from..head.IndexOf("\r\n", from, StringComparison.Ordinal)].Trim();
    }
}
