using System.Globalization;

namespace Matrixd.Config;

/// <summary>Rules on numbers, durations, lengths and choices.</summary>
internal static class Ranges
{
    public static ConfigRule Durations(string from, string to)
    {
        (TimeSpan min, TimeSpan max) = (Parse(from), Parse(to));
        return new ConfigRule($"{from} to {to}", value => (TimeSpan)value >= min && (TimeSpan)value <= max ? null : new ConfigRefusal($"must be {from} to {to}"));
    }

    public static ConfigRule OneDuration(params string[] choices)
    {
        TimeSpan[] values = choices.Select(Parse).ToArray();
        string words = Or(choices);
        return new ConfigRule(words, value => values.Contains((TimeSpan)value) ? null : new ConfigRefusal("must be " + words));
    }

    public static ConfigRule Integers(int from, int to)
    {
        string words = string.Create(CultureInfo.InvariantCulture, $"{from} to {to}");
        return new ConfigRule(words, value => (int)value >= from && (int)value <= to ? null : new ConfigRefusal("must be " + words));
    }

    public static ConfigRule OneText(params string[] choices)
    {
        string words = Or(choices.Select(c => $"\"{c}\"").ToArray());
        return ConfigRule.Text(words, text => choices.Contains(text, StringComparer.Ordinal)
            ? null
            : new ConfigRefusal("must be " + words, Nearest.Of(text, choices) is { } near ? $"did you mean \"{near}\"?" : ""));
    }

    /// <summary>Texts up to a length.</summary>
    public static ConfigRule Length(int max)
    {
        string words = string.Create(CultureInfo.InvariantCulture, $"up to {max} characters");
        return ConfigRule.Text(words, text => text.Length <= max ? null : new ConfigRefusal($"must have {words}, it has {text.Length.ToString(CultureInfo.InvariantCulture)}"));
    }

    /// <summary>Texts that say something, up to a length.</summary>
    public static ConfigRule NotEmpty(int max)
    {
        ConfigRule length = Length(max);
        return ConfigRule.Text(length.Words, text => string.IsNullOrWhiteSpace(text) ? new ConfigRefusal("must not be empty") : length.Check(text));
    }

    private static TimeSpan Parse(string text) =>
        Config.Durations.TryParse(text, out TimeSpan value) ? value : throw new ArgumentException($"'{text}' is no duration", nameof(text));

    private static string Or(string[] words) => words.Length == 1 ? words[0] : $"{string.Join(", ", words[..^1])} or {words[^1]}";
}
