using System.Text.Json;

namespace Matrixd.Config;

/// <summary>The rule on tool parameters: a JSON Schema of type object, as Gemini's function declarations take it.</summary>
internal static class JsonSchemas
{
    private const string Example = """such as {"type":"object","properties":{"order_id":{"type":"string"}},"required":["order_id"]}""";

    public static ConfigRule Object { get; } = ConfigRule.Text("a JSON Schema of type object", Refuse);

    private static ConfigRefusal? Refuse(string text)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(text);
            ConfigRefusal? refusal = RefuseRoot(document.RootElement);
            if (refusal is null)
            {
                Agents.JsonSchema.Parse(text); // what the running tool would refuse
            }

            return refusal;
        }
        catch (FormatException e)
        {
            return new ConfigRefusal($"is not a JSON Schema: {e.Message}", Example);
        }
        catch (JsonException e)
        {
            return new ConfigRefusal($"is not JSON (its line {e.LineNumber + 1}, character {e.BytePositionInLine + 1})", Example);
        }
    }

    /// <remarks>Gemini's own examples write types in capitals.</remarks>
    private static ConfigRefusal? RefuseRoot(JsonElement root)
    {
        if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("type", out JsonElement type) || type.ValueKind != JsonValueKind.String || !"object".Equals(type.GetString(), StringComparison.OrdinalIgnoreCase))
        {
            return new ConfigRefusal("must be a JSON object with \"type\":\"object\"", Example);
        }

        bool has = root.TryGetProperty("properties", out JsonElement properties);
        if (has && (properties.ValueKind != JsonValueKind.Object || properties.EnumerateObject().Any(p => p.Value.ValueKind != JsonValueKind.Object)))
        {
            return new ConfigRefusal("must give \"properties\" as an object of schemas", Example);
        }

        if (!root.TryGetProperty("required", out JsonElement required))
        {
            return null;
        }

        if (required.ValueKind != JsonValueKind.Array || required.EnumerateArray().Any(r => r.ValueKind != JsonValueKind.String))
        {
            return new ConfigRefusal("must give \"required\" as an array of names", Example);
        }

        string? unknown = required.EnumerateArray().Select(r => r.GetString()!).FirstOrDefault(name => !has || !properties.TryGetProperty(name, out _));
        return unknown is null ? null : new ConfigRefusal($"requires \"{unknown}\", which is not among its properties");
    }
}
