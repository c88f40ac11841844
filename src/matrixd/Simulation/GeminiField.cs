using System.Text.Json;

namespace Matrixd.Simulation;

/// <summary>One node of the tree of field names that the API knows. A node without children takes any value.</summary>
/// <remarks>Immutable. Strict about spelling: the real API takes some fields in one casing only, and its refusal lies about why.</remarks>
internal sealed class GeminiField
{
    private readonly Dictionary<string, GeminiField> _children;

    private GeminiField(Dictionary<string, GeminiField> children) => _children = children;

    /// <summary>Builds a tree from indented lines: two spaces a level, one name a line; <c>a b c</c> on one line are siblings without children.</summary>
    public static GeminiField Parse(string outline)
    {
        Dictionary<string, GeminiField> root = [];
        List<Dictionary<string, GeminiField>> open = [root];
        foreach (string line in outline.Split('\n'))
        {
            string names = line.TrimStart(' ');
            if (names.Length == 0)
            {
                continue;
            }

            int depth = (line.Length - names.Length) / 2;
            open.RemoveRange(depth + 1, open.Count - depth - 1);
            foreach (string name in names.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            {
                Dictionary<string, GeminiField> children = [];
                open[depth][name] = new GeminiField(children);
                open.RemoveRange(depth + 1, open.Count - depth - 1);
                open.Add(children);
            }
        }

        return new GeminiField(root);
    }

    /// <summary>Finds the first name in <paramref name="value"/> that the tree does not hold.</summary>
    /// <returns>The name and the dotted path of its parent in Google's snake_case; null where all are known.</returns>
    public (string Name, string At)? FirstUnknown(JsonElement value, string at = "")
    {
        if (_children.Count == 0)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Array)
        {
            int index = 0;
            foreach (JsonElement item in value.EnumerateArray())
            {
                if (FirstUnknown(item, $"{at}[{index++}]") is { } unknown)
                {
                    return unknown;
                }
            }
        }
        else if (value.ValueKind == JsonValueKind.Object)
        {
            foreach (JsonProperty property in value.EnumerateObject())
            {
                if (!_children.TryGetValue(property.Name, out GeminiField? child))
                {
                    return (property.Name, at);
                }

                string path = at.Length == 0 ? Snake(property.Name) : $"{at}.{Snake(property.Name)}";
                if (child.FirstUnknown(property.Value, path) is { } unknown)
                {
                    return unknown;
                }
            }
        }

        return null;
    }

    private static string Snake(string camel) =>
        string.Concat(camel.Select(c => char.IsAsciiLetterUpper(c) ? "_" + char.ToLowerInvariant(c) : c.ToString()));
}
