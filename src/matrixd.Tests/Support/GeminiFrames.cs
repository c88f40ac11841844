using System.Text.Json;
using System.Text.Json.Nodes;

namespace Matrixd.Tests.Support;

/// <summary>What the official JavaScript SDK put on the wire, captured on loopback (@google/genai 3.1.0, https://github.com/googleapis/js-genai).</summary>
internal static class GeminiFrames
{
    private static readonly JsonNode[] s_lines =
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Testdata", "Gemini", "genai-js-3.1.0-frames.jsonl")).Select(line => JsonNode.Parse(line)!)];

    /// <summary>The message of a scenario.</summary>
    public static JsonNode Message(string scenario) => s_lines.Single(line => (string?)line["scenario"] == scenario)["json"]!;

    /// <summary>The captured HTTP request or upgrade of a scenario.</summary>
    public static JsonNode Request(string scenario) => s_lines.Single(line => (string?)line["scenario"] == scenario);

    /// <summary>Every path of every captured setup, with the kind of value at it.</summary>
    public static HashSet<string> SetupPaths()
    {
        var paths = new HashSet<string>();
        foreach (JsonNode line in s_lines.Where(line => line["json"]?["setup"] is not null))
        {
            AddPaths("", JsonDocument.Parse(line["json"]!.ToJsonString()).RootElement, paths);
        }

        return paths;
    }

    /// <summary>Adds <c>a.b[].c Kind</c> for each value below.</summary>
    public static void AddPaths(string at, JsonElement value, HashSet<string> paths)
    {
        paths.Add($"{at} {value.ValueKind}");
        if (value.ValueKind == JsonValueKind.Object && !at.EndsWith("parametersJsonSchema", StringComparison.Ordinal))
        {
            foreach (JsonProperty property in value.EnumerateObject())
            {
                AddPaths($"{at}.{property.Name}", property.Value, paths);
            }
        }
        else if (value.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement item in value.EnumerateArray())
            {
                AddPaths(at + "[]", item, paths);
            }
        }
    }
}
