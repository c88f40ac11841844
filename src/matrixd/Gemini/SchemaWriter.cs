using System.Text.Json;

namespace Matrixd.Gemini;

/// <summary>Copies a tool's JSON Schema into a setup, without what the server refuses.</summary>
internal static class SchemaWriter
{
    /// <summary>Deeper schemas are refused: no reader of ours goes further either.</summary>
    public const int MaxDepth = 64;

    private static readonly JsonDocumentOptions s_reading = new() { MaxDepth = MaxDepth };

    /// <summary>Writes the schema as a value.</summary>
    /// <exception cref="JsonException">It is not a JSON object.</exception>
    public static void Write(Utf8JsonWriter json, string schema)
    {
        using JsonDocument document = JsonDocument.Parse(schema, s_reading);
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw new JsonException($"The parameters of a tool are a JSON object, not {document.RootElement.ValueKind}.");
        }

        WriteSchema(json, document.RootElement);
    }

    private static void WriteSchema(Utf8JsonWriter json, JsonElement schema)
    {
        switch (schema.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (JsonProperty keyword in schema.EnumerateObject())
                {
                    WriteKeyword(json, keyword);
                }

                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (JsonElement item in schema.EnumerateArray())
                {
                    WriteSchema(json, item);
                }

                json.WriteEndArray();
                break;
            default:
                schema.WriteTo(json);
                break;
        }
    }

    private static void WriteKeyword(Utf8JsonWriter json, JsonProperty keyword)
    {
        switch (keyword.Name)
        {
            // An empty list is valid JSON Schema, and an invalid argument to the server.
            case "required" when keyword.Value is { ValueKind: JsonValueKind.Array } names && names.GetArrayLength() == 0:
                break;
            case "properties" or "patternProperties" or "$defs" or "definitions" when keyword.Value.ValueKind == JsonValueKind.Object:
                json.WriteStartObject(keyword.Name);
                foreach (JsonProperty named in keyword.Value.EnumerateObject())
                {
                    json.WritePropertyName(named.Name); // a name, even where it reads like a keyword
                    WriteSchema(json, named.Value);
                }

                json.WriteEndObject();
                break;
            case "default" or "const" or "enum" or "examples":
                json.WritePropertyName(keyword.Name);
                keyword.Value.WriteTo(json); // values, not schemas
                break;
            default:
                json.WritePropertyName(keyword.Name);
                WriteSchema(json, keyword.Value);
                break;
        }
    }
}
