using System.Text.Json;
using System.Text.RegularExpressions;

namespace Matrixd.Agents;

/// <summary>Makes a schema's JSON into what is checked against.</summary>
internal static class SchemaReader
{
    // Non-backtracking matches in linear time; the limit is for patterns that are large themselves.
    private static readonly TimeSpan s_patternTimeout = TimeSpan.FromMilliseconds(100);

    /// <exception cref="FormatException">A keyword has a value that it cannot have.</exception>
    public static SchemaNode Read(JsonElement schema, string at) => schema.ValueKind switch
    {
        JsonValueKind.True => new SchemaNode(),
        JsonValueKind.False => new SchemaNode { Nothing = true },
        JsonValueKind.Object => ReadObject(schema, at),
        _ => throw new FormatException($"{at} is {Words.Kind(schema)}: a schema is an object"),
    };

    private static SchemaNode ReadObject(JsonElement schema, string at) => new()
    {
        Types = Types(schema, at),
        Properties = Properties(schema, at),
        Required = Required(schema, at),
        Additional = schema.TryGetProperty("additionalProperties"u8, out JsonElement additional) ? Read(additional, $"{at}.additionalProperties") : null,
        Allowed = schema.TryGetProperty("enum"u8, out JsonElement values) ? [.. Array(values, $"{at}.enum").EnumerateArray()]
            : schema.TryGetProperty("const"u8, out JsonElement only) ? [only] : null,
        Items = schema.TryGetProperty("items"u8, out JsonElement items) ? Read(items, $"{at}.items") : null,
        MinItems = Count(schema, "minItems", at) ?? 0,
        MaxItems = Count(schema, "maxItems", at) ?? int.MaxValue,
        MinLength = Count(schema, "minLength", at) ?? 0,
        MaxLength = Count(schema, "maxLength", at) ?? int.MaxValue,
        Pattern = Pattern(schema, at),
        Minimum = Number(schema, "minimum", at),
        Maximum = Number(schema, "maximum", at),
        ExclusiveMinimum = Number(schema, "exclusiveMinimum", at),
        ExclusiveMaximum = Number(schema, "exclusiveMaximum", at),
        AnyOf = Schemas(schema, "anyOf", at),
        AllOf = Schemas(schema, "allOf", at) ?? [],
    };

    private static string[]? Types(JsonElement schema, string at)
    {
        if (!schema.TryGetProperty("type"u8, out JsonElement type))
        {
            return null;
        }

        string[] names = type.ValueKind == JsonValueKind.Array
            ? [.. type.EnumerateArray().Select(item => TypeName(item, at))]
            : [TypeName(type, at)];
        return schema.TryGetProperty("nullable"u8, out JsonElement nullable) && nullable.ValueKind == JsonValueKind.True ? [.. names, "null"] : names;
    }

    // Gemini's own examples write types in capitals.
    private static string TypeName(JsonElement type, string at)
    {
        string name = (type.ValueKind == JsonValueKind.String ? type.GetString()! : type.GetRawText()).ToLowerInvariant();
        return name is "object" or "array" or "string" or "number" or "integer" or "boolean" or "null"
            ? name
            : throw new FormatException($"{at}.type is '{Words.Clip(name)}': object, array, string, number, integer, boolean or null is expected");
    }

    private static Dictionary<string, SchemaNode> Properties(JsonElement schema, string at)
    {
        var properties = new Dictionary<string, SchemaNode>(StringComparer.Ordinal);
        if (schema.TryGetProperty("properties"u8, out JsonElement declared))
        {
            if (declared.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException($"{at}.properties is {Words.Kind(declared)}: an object is expected");
            }

            foreach (JsonProperty property in declared.EnumerateObject())
            {
                properties[property.Name] = Read(property.Value, $"{at}.properties.{property.Name}");
            }
        }

        return properties;
    }

    private static string[] Required(JsonElement schema, string at) =>
        schema.TryGetProperty("required"u8, out JsonElement required)
            ? [.. Array(required, $"{at}.required").EnumerateArray().Select(name => name.ValueKind == JsonValueKind.String
                ? name.GetString()!
                : throw new FormatException($"{at}.required holds {Words.Kind(name)}: names of properties are expected"))]
            : [];

    private static SchemaNode[]? Schemas(JsonElement schema, string keyword, string at) =>
        schema.TryGetProperty(keyword, out JsonElement list)
            ? [.. Array(list, $"{at}.{keyword}").EnumerateArray().Select((item, i) => Read(item, $"{at}.{keyword}[{i}]"))]
            : null;

    private static JsonElement Array(JsonElement value, string at) =>
        value.ValueKind == JsonValueKind.Array ? value : throw new FormatException($"{at} is {Words.Kind(value)}: a list is expected");

    // Numbers of things. Gemini's schemas write int64 values as strings.
    private static int? Count(JsonElement schema, string keyword, string at)
    {
        if (!schema.TryGetProperty(keyword, out JsonElement value))
        {
            return null;
        }

        bool ok = value.ValueKind == JsonValueKind.Number ? value.TryGetInt32(out int count)
            : int.TryParse(value.ValueKind == JsonValueKind.String ? value.GetString() : "", out count);
        return ok && count >= 0 ? count : throw new FormatException($"{at}.{keyword} is {Words.Clip(value.GetRawText())}: a whole number of 0 or more is expected");
    }

    private static double? Number(JsonElement schema, string keyword, string at) =>
        !schema.TryGetProperty(keyword, out JsonElement value) ? null
            : value.ValueKind == JsonValueKind.Number ? value.GetDouble()
            : throw new FormatException($"{at}.{keyword} is {Words.Clip(value.GetRawText())}: a number is expected");

    private static Regex? Pattern(JsonElement schema, string at)
    {
        if (!schema.TryGetProperty("pattern"u8, out JsonElement pattern) || pattern.ValueKind != JsonValueKind.String)
        {
            return null;
        }

        try
        {
            return new Regex(pattern.GetString()!, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant, s_patternTimeout);
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            throw new FormatException($"{at}.pattern '{Words.Clip(pattern.GetString()!)}' cannot be used (lookaround and back-references are not understood): {e.Message}", e);
        }
    }
}
