using System.Text.Json;

namespace Matrixd.Agents;

/// <summary>Checks a JSON value against a JSON Schema.</summary>
/// <remarks>
/// Immutable; any thread. Understood: type, nullable, properties, required, additionalProperties, enum, const, items, minItems, maxItems,
/// minLength, maxLength, pattern, minimum, maximum, exclusiveMinimum, exclusiveMaximum, anyOf, allOf. Every other keyword is let pass, as the
/// specification asks for keywords that are not known. Source: https://json-schema.org/draft/2020-12/json-schema-validation.
/// </remarks>
internal sealed class JsonSchema
{
    /// <summary>Deepest nesting of a schema, and of a value that is checked.</summary>
    public const int MaxDepth = 32;

    /// <summary>A model that reads this many errors has what it needs to try again.</summary>
    public const int MaxErrors = 5;

    private static readonly JsonDocumentOptions s_reading = new() { MaxDepth = MaxDepth };

    private readonly SchemaNode _root;

    private JsonSchema(SchemaNode root) => _root = root;

    /// <exception cref="FormatException">It is not a schema; the message says what and where.</exception>
    public static JsonSchema Parse(string schema)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(schema, s_reading);
            return new JsonSchema(SchemaReader.Read(document.RootElement.Clone(), "schema"));
        }
        catch (JsonException e)
        {
            throw new FormatException($"parameters are not JSON: {e.Message}", e);
        }
    }

    /// <summary>Checks a value.</summary>
    /// <returns>What is wrong, at most <see cref="MaxErrors"/> sentences with paths; empty: nothing.</returns>
    public IReadOnlyList<string> Validate(JsonElement value)
    {
        var errors = new List<string>();
        _root.Check(value, "", errors);
        return errors;
    }
}
