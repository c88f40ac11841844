using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Matrixd.Config;

/// <summary>Values as text: for messages, and for comparing.</summary>
internal static partial class ConfigText
{
    public const string Hidden = "\"***\"";

    /// <summary>Longest value in a message [characters]: a problem stays one line.</summary>
    private const int MaxShown = 60;

    /// <summary>Digits of a telephone number that a message shows.</summary>
    private const int NumberTail = 4;

    /// <summary>For people: shortened, on one line, secrets and numbers masked.</summary>
    public static string Show(ConfigKey key, TomlValue value)
    {
        if (key.Secret && key.Type != ConfigKeyType.TextTable)
        {
            return value is TomlScalar { Value: "" } ? "\"\"" : Hidden;
        }

        string text = Render(value, s => key.Secret ? Hidden : Quote(key.Number ? MaskNumber(s) : UserInfo().Replace(s, "//***@")));
        return text.Length <= MaxShown ? text : text[..MaxShown] + "…";
    }

    /// <summary>For comparing: equal texts mean equal values. Holds secrets.</summary>
    public static string Raw(ConfigKey key, TomlValue value) =>
        key.Type == ConfigKeyType.Duration && value is TomlScalar { Value: string text } && Durations.TryParse(text, out TimeSpan duration)
            ? Durations.Format(duration)
            : Render(value, Quote);

    public static string Quote(string text)
    {
        var quoted = new StringBuilder("\"", text.Length + 2);
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' or '\\' => quoted.Append('\\').Append(c),
                '\n' => quoted.Append("\\n"),
                '\t' => quoted.Append("\\t"),
                _ when char.IsControl(c) => quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}"),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    public static string MaskNumber(string number) => !number.Any(char.IsAsciiDigit) ? number : number.Length <= NumberTail ? "…" : "…" + number[^NumberTail..];

    private static string Render(TomlValue value, Func<string, string> text) => value switch
    {
        TomlScalar { Value: string s } => text(s),
        TomlScalar { Value: bool flag } => flag ? "true" : "false",
        TomlScalar { Value: IFormattable other } => other.ToString(null, CultureInfo.InvariantCulture),
        TomlArray array => $"[{string.Join(", ", array.Items.Select(item => Render(item, text)))}]",
        TomlTable { Entries.Count: 0 } => "{}",
        TomlTable table => $"{{ {string.Join(", ", table.Entries.Select(e => $"{Quote(e.Key)} = {Render(e.Value, text)}"))} }}",
        _ => "",
    };

    /// <summary>User and password of a URL.</summary>
    [GeneratedRegex("//[^/]*@", RegexOptions.CultureInvariant)]
    private static partial Regex UserInfo();
}
