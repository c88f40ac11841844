using System.Text.Json;
using Matrixd.Models;
using Microsoft.Extensions.Logging;

namespace Matrixd.Gemini;

/// <summary>Asks the service which models it has, because a wrong name fails without a word.</summary>
/// <remarks>Any thread. Source: https://ai.google.dev/api/models#method:-models.list.</remarks>
internal sealed partial class ModelList(GeminiHttp http, GeminiOptions options, ILogger<ModelList> logger)
{
    /// <summary>A thousand models each: far more than there are, so that a server that never ends its pages cannot hold us.</summary>
    public const int MaxPages = 20;

    // A thousand descriptions of about a kilobyte, and room.
    private const int MaxPageBytes = 4 * 1024 * 1024;

    private const int MaxPageToken = 1024;

    /// <summary>Looks the configured model up, and warns where it is missing.</summary>
    public async Task<ModelCheck> CheckAsync(string model, CancellationToken cancelled)
    {
        ModelCheck check = Judge(ModelQuirks.BareName(model).ToString(), await ListAsync(cancelled));
        if (check.Presence is ModelPresence.Missing or ModelPresence.NotLive)
        {
            LogModelMissing(check.Describe());
        }
        else if (check.Presence == ModelPresence.Unavailable)
        {
            LogListUnavailable(check.Describe());
        }

        if (!ModelQuirks.For(model).IsKnown)
        {
            LogModelUnknown(check.Model);
        }

        return check;
    }

    /// <summary>Compares a name with a list.</summary>
    private static ModelCheck Judge(string model, Listing listing)
    {
        if (listing.Error.Length > 0)
        {
            return new ModelCheck(ModelPresence.Unavailable, model, [], listing.Error);
        }

        if (listing.Live.Count == 0)
        {
            return new ModelCheck(ModelPresence.Unavailable, model, [], "it names no live model; some keys list none though calls work");
        }

        if (listing.Live.Contains(model))
        {
            return new ModelCheck(ModelPresence.Found, model, []);
        }

        IReadOnlyList<string> nearest = NearestNames.Of(model, listing.Live);
        return new ModelCheck(listing.Others.Contains(model) ? ModelPresence.NotLive : ModelPresence.Missing, model, nearest);
    }

    private async Task<Listing> ListAsync(CancellationToken cancelled)
    {
        var listing = new Listing();
        string pageToken = "";
        try
        {
            for (int page = 0; page < MaxPages; page++)
            {
                string query = pageToken.Length > 0 ? $"&pageToken={Uri.EscapeDataString(pageToken)}" : "";
                GeminiReply reply = await http.SendAsync(HttpMethod.Get, $"v1beta/models?pageSize=1000{query}", default, MaxPageBytes, cancelled);
                if (!reply.IsSuccess)
                {
                    return listing with { Error = $"{http.Host} answered {reply.Describe(options.ApiKey)}" };
                }

                pageToken = Read(reply.Body, listing);
                if (pageToken.Length is 0 or > MaxPageToken)
                {
                    break;
                }
            }

            return listing;
        }
        catch (GeminiHttpException e)
        {
            return listing with { Error = e.Message };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return listing with { Error = $"{http.Host} answered with something that is no list of models" };
        }
    }

    // {"models":[{"name":"models/…","supportedGenerationMethods":["bidiGenerateContent",…]}],"nextPageToken":"…"}
    private static string Read(byte[] body, Listing listing)
    {
        using JsonDocument document = JsonDocument.Parse(body);
        if (document.RootElement.TryGetProperty("models"u8, out JsonElement models))
        {
            foreach (JsonElement model in models.EnumerateArray())
            {
                if (model.TryGetProperty("name"u8, out JsonElement name) && name.GetString() is { Length: > 0 } said)
                {
                    // Names are shown to operators: a hostile gateway's escape sequences are not.
                    string bare = PlainText.Clean(ModelQuirks.BareName(said).ToString());
                    (IsLive(model) ? listing.Live : listing.Others).Add(bare);
                }
            }
        }

        return document.RootElement.TryGetProperty("nextPageToken"u8, out JsonElement next) && next.ValueKind == JsonValueKind.String ? next.GetString()! : "";
    }

    private static bool IsLive(JsonElement model) =>
        model.TryGetProperty("supportedGenerationMethods"u8, out JsonElement methods) && methods.ValueKind == JsonValueKind.Array
        && methods.EnumerateArray().Any(method => method.ValueKind == JsonValueKind.String && method.ValueEquals("bidiGenerateContent"u8));

    [LoggerMessage(1260, LogLevel.Warning, "{Finding}")]
    private partial void LogModelMissing(string finding);

    [LoggerMessage(1261, LogLevel.Information, "{Finding}")]
    private partial void LogListUnavailable(string finding);

    [LoggerMessage(1262, LogLevel.Warning, "model {Model} is newer than this version knows; it is spoken to like the newest that is known")]
    private partial void LogModelUnknown(string model);

    private sealed record Listing
    {
        public HashSet<string> Live { get; } = new(StringComparer.Ordinal);

        public HashSet<string> Others { get; } = new(StringComparer.Ordinal);

        public string Error { get; init; } = "";
    }
}
