using System.Globalization;

namespace Matrixd.Config;

/// <summary>One word of <c>wire_tap</c>: which calls are tapped.</summary>
/// <param name="Value">Of a call its SID; of a number its digits, or its last ones.</param>
/// <param name="Count">Of <see cref="TapWordKind.Next"/>: how many calls.</param>
internal sealed record TapWord(TapWordKind Kind, string Value = "", int Count = 0)
{
    public const string Usage = "\"off\", \"on\", or words such as \"next:5\", \"call:SID\", \"from:4321\" and \"to:08040000000\", parted by commas";

    // Three last digits would mean every thousandth caller.
    private const int FewestDigits = 4;
    private const int NationalDigits = 10;

    /// <summary>Reads the words of a key or a request.</summary>
    /// <param name="words">Empty where nothing is tapped.</param>
    /// <param name="wrong">The word that is none.</param>
    public static bool TryParse(string text, out IReadOnlyList<TapWord> words, out string wrong)
    {
        List<TapWord> read = [];
        wrong = "";
        words = read;
        foreach (string word in text.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (word == "off" && text.Trim() == "off")
            {
                return true;
            }

            if (One(word) is not { } one)
            {
                wrong = word;
                words = [];
                return false;
            }

            read.Add(one);
        }

        return true;
    }

    // The compiler's ToString would print telephone numbers.
    public override string ToString() => Kind.ToString();

    private static TapWord? One(string word)
    {
        int colon = word.IndexOf(':', StringComparison.Ordinal);
        string value = word[(colon + 1)..].Trim();
        return (colon < 0 ? word : word[..colon]) switch
        {
            "on" when colon < 0 => new TapWord(TapWordKind.Every),
            "next" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int count) && count is >= 1 and <= 10_000 => new TapWord(TapWordKind.Next, Count: count),
            "call" when value.Length > 0 && Calls.CallSid.TryParse(value, out _) => new TapWord(TapWordKind.Call, value),
            "from" when Digits(value) is { } digits => new TapWord(TapWordKind.From, digits),
            "to" when Digits(value) is { } digits => new TapWord(TapWordKind.To, digits),
            _ => null,
        };
    }

    private static string? Digits(string number)
    {
        string digits = string.Concat(number.Where(char.IsAsciiDigit));
        digits = digits.Length > NationalDigits ? digits.TrimStart('0') : digits; // whole, with a trunk prefix that the carrier may leave out
        bool plain = number.All(c => char.IsAsciiDigit(c) || c is '+' or '-' or ' ');
        return plain && digits.Length is >= FewestDigits and <= 15 ? digits : null; // 15: the longest number of E.164
    }
}
