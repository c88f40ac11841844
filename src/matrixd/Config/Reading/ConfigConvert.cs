using System.Globalization;

namespace Matrixd.Config;

/// <summary>Turns what the file has into the type of the key, and holds it against the key's rule.</summary>
internal static class ConfigConvert
{
    /// <summary>string, bool, int, TimeSpan, list of <see cref="LocatedText"/>, or list of name and value; null after a refusal.</summary>
    /// <param name="refuse">Gets each thing that is wrong, with the part of the value that is.</param>
    public static object? Convert(ConfigKey key, TomlValue value, Action<TomlValue, ConfigRefusal> refuse)
    {
        object? converted = (key.Type, value) switch
        {
            (ConfigKeyType.Text, TomlScalar { Value: string text }) => text,
            (ConfigKeyType.Flag, TomlScalar { Value: bool flag }) => flag,
            (ConfigKeyType.Integer, TomlScalar { Value: long number }) => (int)Math.Clamp(number, int.MinValue, int.MaxValue),
            (ConfigKeyType.Duration, TomlScalar { Value: string text }) when Durations.TryParse(text, out TimeSpan duration) => duration,
            (ConfigKeyType.TextList, TomlArray array) => List(key, array, refuse),
            (ConfigKeyType.TextTable, TomlTable table) => Table(table, refuse),
            _ => null,
        };
        if (converted is null)
        {
            refuse(value, WrongType(key.Type, value));
            return null;
        }

        if (key.Type is ConfigKeyType.TextList or ConfigKeyType.TextTable || key.Rule.Check(converted) is not { } refusal)
        {
            return converted;
        }

        refuse(value, refusal);
        return null;
    }

    private static List<LocatedText> List(ConfigKey key, TomlArray array, Action<TomlValue, ConfigRefusal> refuse)
    {
        List<LocatedText> items = [];
        foreach (TomlValue item in array.Items)
        {
            if (item is not TomlScalar { Value: string text })
            {
                refuse(item, new ConfigRefusal("must be text in quotes"));
            }
            else if (key.Rule.Check(text) is { } refusal)
            {
                refuse(item, refusal);
            }
            else
            {
                items.Add(new LocatedText(text, item.Position));
            }
        }

        return items;
    }

    private static List<KeyValuePair<string, string>> Table(TomlTable table, Action<TomlValue, ConfigRefusal> refuse)
    {
        List<KeyValuePair<string, string>> pairs = [];
        foreach (TomlEntry entry in table.Entries)
        {
            if (entry.Value is TomlScalar { Value: string text })
            {
                pairs.Add(new(entry.Key, text));
            }
            else
            {
                refuse(entry.Value, new ConfigRefusal($"has no text as the value of {entry.Key}", "put it in quotes"));
            }
        }

        return pairs;
    }

    private static ConfigRefusal WrongType(ConfigKeyType type, TomlValue value) => type switch
    {
        ConfigKeyType.Text => new ConfigRefusal("must be text in quotes"),
        ConfigKeyType.Flag => new ConfigRefusal("must be true or false", value.Kind == TomlKind.Text ? "without quotes" : ""),
        ConfigKeyType.Integer => new ConfigRefusal("must be a whole number", value.Kind == TomlKind.Text ? "without quotes" : ""),
        ConfigKeyType.TextList => new ConfigRefusal("must be a list", value is TomlScalar { Value: string } ? "put it in brackets: [\"…\"]" : "such as [\"…\", \"…\"]"),
        ConfigKeyType.TextTable => new ConfigRefusal("must be a table", "such as { \"X-Api-Key\" = \"…\" }"),
        _ => new ConfigRefusal("must be a duration in quotes", value is TomlScalar { Value: long number }
            ? string.Create(CultureInfo.InvariantCulture, $"write \"{number}s\" for seconds or \"{number}ms\" for milliseconds")
            : "whole numbers with h, m, s or ms, such as \"8s\" or \"1m30s\""),
    };
}
