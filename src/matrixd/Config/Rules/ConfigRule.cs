namespace Matrixd.Config;

/// <summary>Which values a key takes.</summary>
/// <param name="Words">For the example file, such as "1s to 24h"; may be empty.</param>
/// <param name="Check">Gets a value of the key's type; null: it is good.</param>
internal sealed record ConfigRule(string Words, Func<object, ConfigRefusal?> Check)
{
    public static ConfigRule Any { get; } = new("", _ => null);

    /// <summary>A rule on texts.</summary>
    public static ConfigRule Text(string words, Func<string, ConfigRefusal?> check) => new(words, value => check((string)value));

    /// <summary>The same rule, but the empty text, which means "not set", is good as well.</summary>
    public ConfigRule OrEmpty() => new(Words, value => value is "" ? null : Check(value));
}

/// <param name="Message">To follow the value: "must be …".</param>
/// <param name="Hint">What to do; may be empty.</param>
internal sealed record ConfigRefusal(string Message, string Hint = "");
