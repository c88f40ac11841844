using System.Net;
using System.Text;
using System.Text.Json;
using Matrixd.Calls;

namespace Matrixd.Agents;

/// <summary>Reads what a tool's server answered.</summary>
internal static class ToolResponse
{
    // What a server says of its own failure helps a model; a page of it does not.
    private const int MaxErrorText = 300;

    private static readonly JsonDocumentOptions s_reading = new() { MaxDepth = JsonSchema.MaxDepth };

    /// <summary>Reads at most <paramref name="maxBytes"/>; the connection is given up beyond.</summary>
    public static async Task<ToolResult> ReadAsync(HttpResponseMessage response, string tool, int maxBytes, CancellationToken ended)
    {
        if (response.Content.Headers.ContentLength > maxBytes)
        {
            return TooLarge(tool, maxBytes);
        }

        byte[]? body = await ReadBodyAsync(response.Content, maxBytes, ended);
        if (body is null)
        {
            return TooLarge(tool, maxBytes);
        }

        if (!response.IsSuccessStatusCode)
        {
            string words = ErrorWords(response.Content, body);
            return ToolAnswer.Failed("error", $"{tool} answered HTTP {(int)response.StatusCode}{(words.Length > 0 ? $": {words}" : ".")}");
        }

        return body.Length == 0 || response.StatusCode == HttpStatusCode.NoContent ? ToolAnswer.Ok("done") : Content(response.Content, body, tool);
    }

    private static ToolResult Content(HttpContent content, byte[] body, string tool)
    {
        if (IsJson(content))
        {
            try
            {
                using JsonDocument document = JsonDocument.Parse(WithoutMark(body), s_reading);
                return ToolAnswer.Ok(document.RootElement);
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: half a surrogate pair
            {
                return ToolAnswer.Failed("error", $"{tool} answered with JSON that cannot be read, or that nests deeper than {JsonSchema.MaxDepth}.");
            }
        }

        return IsText(content) ? ToolAnswer.Ok(Text(content, body)) : ToolAnswer.Failed("error", $"{tool} answered with {Words.Clip(MediaType(content))}, which is neither JSON nor text.");
    }

    private static async Task<byte[]?> ReadBodyAsync(HttpContent content, int maxBytes, CancellationToken ended)
    {
        await using Stream stream = await content.ReadAsStreamAsync(ended);
        using var whole = new MemoryStream();
        byte[] piece = new byte[Math.Min(maxBytes + 1, 16 * 1024)];
        int read;
        while ((read = await stream.ReadAsync(piece, ended)) > 0)
        {
            if (whole.Length + read > maxBytes)
            {
                return null;
            }

            whole.Write(piece, 0, read);
        }

        return whole.ToArray();
    }

    // A page for people says nothing that the status does not.
    private static string ErrorWords(HttpContent content, byte[] body) =>
        IsJson(content) || MediaType(content) == "text/plain" ? Words.Clip(Text(content, body).Trim(), MaxErrorText) : "";

    private static ToolResult TooLarge(string tool, int maxBytes) => ToolAnswer.Failed("error", $"{tool} answered with more than {maxBytes} bytes, which is too much. Ask for less.");

    private static string MediaType(HttpContent content) => content.Headers.ContentType?.MediaType?.ToLowerInvariant() ?? "";

    private static bool IsJson(HttpContent content) => MediaType(content) is "application/json" or "text/json" or ['a', 'p', 'p', .., '+', 'j', 's', 'o', 'n'];

    // A server that says nothing about its answer is believed to send text.
    private static bool IsText(HttpContent content) => MediaType(content) is "" or ['t', 'e', 'x', 't', '/', ..] or "application/xml" or "application/x-www-form-urlencoded";

    private static string Text(HttpContent content, byte[] body) =>
        content.Headers.ContentType?.CharSet?.Trim('"').ToLowerInvariant() is "iso-8859-1" or "latin1" ? Encoding.Latin1.GetString(body) : Encoding.UTF8.GetString(WithoutMark(body).Span);

    // JSON must not begin with a byte order mark, and yet it does.
    private static ReadOnlyMemory<byte> WithoutMark(byte[] body) => body.AsMemory(body is [0xEF, 0xBB, 0xBF, ..] ? 3 : 0);
}
