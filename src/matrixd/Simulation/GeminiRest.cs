using System.Globalization;
using System.Text;
using System.Text.Json;
using Matrixd.Models;

namespace Matrixd.Simulation;

/// <summary>The REST side: tokens are minted, models are listed.</summary>
/// <remarks>Any thread; holds no state of its own.</remarks>
internal sealed class GeminiRest(GeminiTokenDesk desk, string apiKey)
{
    private const int DefaultPage = 50; // the API's
    private const int LargestPage = 1000;

    public static IReadOnlyList<string> Versions { get; } = ["v1alpha", "v1beta", "v1"];

    /// <summary>Answers one request.</summary>
    public GeminiAnswer Answer(GeminiRequest request)
    {
        try
        {
            (string path, string query) = Split(request.Target);
            string resource = ResourceOf(path) ?? throw GeminiRestException.NotFound($"Requested entity was not found: {path}");
            CheckKey(request.Headers.GetValueOrDefault("x-goog-api-key") ?? Parameter(query, "key"));
            return (request.Method, resource) switch
            {
                ("POST", "auth_tokens") => Mint(request.Body),
                ("GET", "models") => List(query),
                ("GET", _) when resource.StartsWith("models/", StringComparison.Ordinal) => One(resource),
                _ => throw GeminiRestException.NotFound($"Requested entity was not found: {request.Method} {path}"),
            };
        }
        catch (GeminiRestException e)
        {
            return new GeminiAnswer(e.Status, GeminiRestError.Body(e.Status, e.Name, e.Message));
        }
    }

    private static (string Path, string Query) Split(string target)
    {
        int question = target.IndexOf('?', StringComparison.Ordinal);
        return question < 0 ? (target, "") : (target[..question], target[(question + 1)..]);
    }

    private static string? ResourceOf(string path)
    {
        string trimmed = path.StartsWith("//", StringComparison.Ordinal) ? path[1..] : path;
        foreach (string version in Versions)
        {
            if (trimmed.StartsWith($"/{version}/", StringComparison.Ordinal))
            {
                return trimmed[(version.Length + 2)..];
            }
        }

        return null;
    }

    private static string? Parameter(string query, string name) => query.Split('&')
        .Where(pair => pair.StartsWith(name + "=", StringComparison.Ordinal))
        .Select(pair => Uri.UnescapeDataString(pair[(name.Length + 1)..])).FirstOrDefault();

    private static GeminiAnswer List(string query)
    {
        int size = int.TryParse(Parameter(query, "pageSize"), NumberStyles.None, CultureInfo.InvariantCulture, out int asked) && asked > 0
            ? Math.Min(asked, LargestPage)
            : DefaultPage;
        int first = int.TryParse(Parameter(query, "pageToken"), NumberStyles.None, CultureInfo.InvariantCulture, out int skip) ? skip : 0;
        List<string> all = Models();
        StringBuilder body = new("{\n  \"models\": [\n");
        body.AppendJoin(",\n", all.Skip(first).Take(size)).Append("\n  ]");
        if (first + size < all.Count)
        {
            body.Append(CultureInfo.InvariantCulture, $",\n  \"nextPageToken\": \"{first + size}\"");
        }

        return new GeminiAnswer(200, body.Append("\n}\n").ToString());
    }

    private static GeminiAnswer One(string resource) => ModelQuirks.InService(resource) is not null
        ? new GeminiAnswer(200, Describe(ModelQuirks.BareName(resource).ToString(), "bidiGenerateContent") + "\n")
        : throw GeminiRestException.NotFound($"{resource} is not found for API version v1beta.");

    // Models that cannot go live stand in the list too, as in Google's: who lists must filter.
    private static List<string> Models()
    {
        List<string> models = [Describe("gemini-2.5-flash", "generateContent"), Describe("text-embedding-004", "embedContent")];
        models.AddRange(ModelQuirks.NamesInService.Select(name => Describe(name, "bidiGenerateContent")));
        return models;
    }

    private static string Describe(string name, string method) => $$"""
            {
              "name": "models/{{name}}",
              "displayName": "{{name}}",
              "inputTokenLimit": 131072,
              "supportedGenerationMethods": [
                "{{method}}",
                "countTokens"
              ]
            }
        """;

    private void CheckKey(string? key)
    {
        if (string.IsNullOrEmpty(key))
        {
            throw new GeminiRestException(403, "PERMISSION_DENIED", GeminiRefusal.CatchAllText);
        }

        if (apiKey.Length > 0 && key != apiKey)
        {
            throw GeminiRestException.InvalidArgument(GeminiRestError.BadApiKeyText);
        }
    }

    private GeminiAnswer Mint(string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            return new GeminiAnswer(200, $"{{\n  \"name\": \"{desk.Mint(document.RootElement).Name}\"\n}}\n");
        }
        catch (JsonException)
        {
            throw GeminiRestException.InvalidArgument("Invalid JSON payload received.");
        }
    }
}
