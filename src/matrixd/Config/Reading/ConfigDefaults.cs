namespace Matrixd.Config;

/// <summary>Defaults of the schema as values.</summary>
internal static class ConfigDefaults
{
    public static TomlValue Of(ConfigKey key) => TomlDocument.Parse($"value = {key.Default}", "default").Entries[0].Value;

    /// <summary>In the key's own type. The rule is not asked: the empty text of a required key is no good value.</summary>
    public static object Converted(ConfigKey key)
    {
        object value = ConfigConvert.Convert(key with { Rule = ConfigRule.Any }, Of(key), (_, refusal) => throw new InvalidOperationException($"default of {key.Name} {refusal.Message}"))!;
        return value is List<LocatedText> items ? items.Select(item => item with { Position = null }).ToList() : value;
    }
}
