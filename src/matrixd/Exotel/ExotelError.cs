using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Matrixd.Transport;

namespace Matrixd.Exotel;

/// <summary>What Exotel says of a request that it refused.</summary>
internal static partial class ExotelError
{
    // A sentence; a gateway's whole page is not.
    private const int MaxWords = 160;

    /// <summary>The message of <c>{"RestException":{"Status":…,"Message":"…"}}</c>, or of the same in XML; empty: it says nothing.</summary>
    public static string Read(string body)
    {
        string words = FromJson(body) ?? (Message().Match(body) is { Success: true } xml ? WebUtility.HtmlDecode(xml.Groups["words"].Value) : "");
        string clean = PeerText.Escape(words.Trim());
        return clean.Length <= MaxWords ? clean : clean[..MaxWords] + "…";
    }

    private static string? FromJson(string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = 16 });
            return document.RootElement is { ValueKind: JsonValueKind.Object } root
                && root.TryGetProperty("RestException"u8, out JsonElement error) && error.ValueKind == JsonValueKind.Object
                && error.TryGetProperty("Message"u8, out JsonElement message) && message.ValueKind == JsonValueKind.String ? message.GetString() : "";
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException) // the latter: half a surrogate pair
        {
            return null; // no JSON: XML, or a gateway's page
        }
    }

    [GeneratedRegex(@"<Message>(?<words>[^<]{1,500})</Message>", RegexOptions.CultureInvariant)]
    private static partial Regex Message();
}
