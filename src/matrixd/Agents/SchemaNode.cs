using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Matrixd.Agents;

/// <summary>One schema of a tree of them.</summary>
/// <remarks>Immutable; any thread. A schema's depth is bounded by its reader, a value's by its parser, so the recursion is too.</remarks>
internal sealed class SchemaNode
{
    /// <summary>True: no value fits.</summary>
    public bool Nothing { get; init; }

    /// <summary>Null: any.</summary>
    public string[]? Types { get; init; }

    public Dictionary<string, SchemaNode> Properties { get; init; } = [];

    public string[] Required { get; init; } = [];

    /// <summary>What properties beside <see cref="Properties"/> must be; null: anything.</summary>
    public SchemaNode? Additional { get; init; }

    /// <summary>Null: any.</summary>
    public JsonElement[]? Allowed { get; init; }

    public SchemaNode? Items { get; init; }

    public int MinItems { get; init; }

    public int MaxItems { get; init; } = int.MaxValue;

    /// <summary>[Unicode characters]</summary>
    public int MinLength { get; init; }

    /// <summary>[Unicode characters]</summary>
    public int MaxLength { get; init; } = int.MaxValue;

    public Regex? Pattern { get; init; }

    public double? Minimum { get; init; }

    public double? Maximum { get; init; }

    public double? ExclusiveMinimum { get; init; }

    public double? ExclusiveMaximum { get; init; }

    public SchemaNode[]? AnyOf { get; init; }

    public SchemaNode[] AllOf { get; init; } = [];

    /// <summary>Adds what is wrong with a value, up to <see cref="JsonSchema.MaxErrors"/> in all.</summary>
    public void Check(JsonElement value, string path, List<string> errors)
    {
        if (errors.Count >= JsonSchema.MaxErrors)
        {
            return;
        }

        if (Nothing)
        {
            Wrong(errors, path, "is not taken");
        }
        else if (Types is not null && !Types.Any(type => Is(value, type)))
        {
            Wrong(errors, path, $"must be {string.Join(" or ", Types)}, is {Words.Kind(value)}");
        }
        else if (Allowed is not null && !Allowed.Any(allowed => JsonElement.DeepEquals(allowed, value)))
        {
            Wrong(errors, path, $"must be one of {string.Join(", ", Allowed.Take(20).Select(allowed => allowed.GetRawText()))}, is {Words.Clip(value.GetRawText())}");
        }
        else
        {
            CheckContent(value, path, errors);
            foreach (SchemaNode part in AllOf)
            {
                part.Check(value, path, errors);
            }

            if (AnyOf is { Length: > 0 } && !AnyOf.Any(choice => choice.Fits(value)))
            {
                AnyOf[0].Check(value, path, errors); // one way to get it right is enough to tell
            }
        }
    }

    private bool Fits(JsonElement value)
    {
        var errors = new List<string>();
        Check(value, "", errors);
        return errors.Count == 0;
    }

    private void CheckContent(JsonElement value, string path, List<string> errors)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                CheckObject(value, path, errors);
                break;
            case JsonValueKind.Array:
                CheckArray(value, path, errors);
                break;
            case JsonValueKind.String:
                CheckString(value.GetString()!, path, errors);
                break;
            case JsonValueKind.Number:
                CheckNumber(value.GetDouble(), path, errors);
                break;
        }
    }

    private void CheckObject(JsonElement value, string path, List<string> errors)
    {
        foreach (string name in Required)
        {
            if (!value.TryGetProperty(name, out _))
            {
                Wrong(errors, Join(path, name), "is missing");
            }
        }

        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonProperty property in value.EnumerateObject())
        {
            string at = Join(path, property.Name);
            if (!seen.Add(property.Name))
            {
                Wrong(errors, at, "stands there twice"); // two readers would see two different values
            }
            else if (Properties.TryGetValue(property.Name, out SchemaNode? declared))
            {
                declared.Check(property.Value, at, errors);
            }
            else
            {
                Additional?.Check(property.Value, at, errors);
            }
        }
    }

    private void CheckArray(JsonElement value, string path, List<string> errors)
    {
        int length = value.GetArrayLength();
        if (length < MinItems || length > MaxItems)
        {
            Wrong(errors, path, length < MinItems ? $"must have at least {MinItems} items, has {length}" : $"must have at most {MaxItems} items, has {length}");
        }

        int index = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            Items?.Check(item, $"{path}[{index++}]", errors);
        }
    }

    private void CheckString(string text, string path, List<string> errors)
    {
        int length = text.EnumerateRunes().Count();
        if (length < MinLength || length > MaxLength)
        {
            Wrong(errors, path, length < MinLength ? $"must have at least {MinLength} characters, has {length}" : $"must have at most {MaxLength} characters, has {length}");
        }
        else if (Pattern is not null && !Matches(Pattern, text))
        {
            Wrong(errors, path, $"must match {Pattern}, is \"{Words.Clip(text)}\"");
        }
    }

    private void CheckNumber(double number, string path, List<string> errors)
    {
        string? bound = number < Minimum ? $"must be at least {Minimum}" : number > Maximum ? $"must be at most {Maximum}"
            : number <= ExclusiveMinimum ? $"must be more than {ExclusiveMinimum}" : number >= ExclusiveMaximum ? $"must be less than {ExclusiveMaximum}" : null;
        if (bound is not null)
        {
            Wrong(errors, path, $"{bound}, is {number.ToString(CultureInfo.InvariantCulture)}");
        }
    }

    private static bool Matches(Regex pattern, string text)
    {
        try
        {
            return pattern.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false; // what cannot be checked in time is not let through
        }
    }

    private static bool Is(JsonElement value, string type) => (type, value.ValueKind) switch
    {
        ("object", JsonValueKind.Object) or ("array", JsonValueKind.Array) or ("string", JsonValueKind.String) or ("number", JsonValueKind.Number)
            or ("boolean", JsonValueKind.True or JsonValueKind.False) or ("null", JsonValueKind.Null) => true,
        ("integer", JsonValueKind.Number) => value.TryGetInt64(out _) || (value.GetDouble() is double number && Math.Floor(number) == number), // 3.0 is one
        _ => false,
    };

    private static string Join(string path, string name) => path.Length > 0 ? $"{path}.{Words.Clip(name)}" : Words.Clip(name);

    private static void Wrong(List<string> errors, string path, string what)
    {
        if (errors.Count < JsonSchema.MaxErrors)
        {
            errors.Add($"{(path.Length > 0 ? path : "the value")} {what}");
        }
    }
}
