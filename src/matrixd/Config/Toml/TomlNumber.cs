using System.Globalization;

namespace Matrixd.Config;

/// <summary>Integers and floats.</summary>
internal static class TomlNumber
{
    /// <summary>Null: the word is no number of TOML, or an integer beyond 64 bits.</summary>
    public static TomlScalar? TryParse(string word, TomlPosition position)
    {
        if (TryInteger(word, out long integer))
        {
            return new TomlScalar(TomlKind.Integer, position, integer);
        }

        return TryFloat(word, out double number) ? new TomlScalar(TomlKind.Float, position, number) : null;
    }

    private static bool TryInteger(string word, out long value)
    {
        value = 0;
        int radix = word.Length > 2 && word[0] == '0' ? word[1] switch { 'x' => 16, 'o' => 8, 'b' => 2, _ => 10 } : 10;
        if (radix != 10)
        {
            return TryRadix(word.AsSpan(2), radix, out value);
        }

        ReadOnlySpan<char> digits = word.AsSpan(word[0] is '+' or '-' ? 1 : 0);
        return IsDecimal(digits, leadingZeros: false)
            && long.TryParse(word.Replace("_", "", StringComparison.Ordinal), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value);
    }

    private static bool TryRadix(ReadOnlySpan<char> digits, int radix, out long value)
    {
        value = 0;
        UInt128 sum = 0;
        bool digit = false;
        foreach (char c in digits)
        {
            bool underscore = c == '_';
            int figure = char.IsAsciiHexDigit(c) ? char.IsAsciiDigit(c) ? c - '0' : (c | 0x20) - 'a' + 10 : radix;
            if (underscore ? !digit : figure >= radix)
            {
                return false;
            }

            digit = !underscore;
            sum = underscore ? sum : (sum * (uint)radix) + (uint)figure;
            if (sum > long.MaxValue)
            {
                return false;
            }
        }

        value = (long)sum;
        return digit;
    }

    private static bool TryFloat(string word, out double value)
    {
        ReadOnlySpan<char> rest = word.AsSpan(word[0] is '+' or '-' ? 1 : 0);
        if (rest is "inf" or "nan")
        {
            value = rest is "nan" ? double.NaN : word[0] == '-' ? double.NegativeInfinity : double.PositiveInfinity;
            return true;
        }

        value = 0;
        int e = rest.IndexOfAny('e', 'E');
        ReadOnlySpan<char> mantissa = e < 0 ? rest : rest[..e];
        int dot = mantissa.IndexOf('.');
        bool shaped = (dot >= 0 || e >= 0)
            && IsDecimal(dot < 0 ? mantissa : mantissa[..dot], leadingZeros: false)
            && (dot < 0 || IsDecimal(mantissa[(dot + 1)..], leadingZeros: true))
            && (e < 0 || IsExponent(rest[(e + 1)..]));
        return shaped && double.TryParse(word.Replace("_", "", StringComparison.Ordinal), NumberStyles.Float, CultureInfo.InvariantCulture, out value);
    }

    private static bool IsExponent(ReadOnlySpan<char> text) =>
        text.Length > 0 && IsDecimal(text[(text[0] is '+' or '-' ? 1 : 0)..], leadingZeros: true);

    /// <summary>Digits, with single underscores between two of them.</summary>
    private static bool IsDecimal(ReadOnlySpan<char> text, bool leadingZeros)
    {
        if (text.Length == 0 || (!leadingZeros && text.Length > 1 && text[0] == '0'))
        {
            return false;
        }

        bool digit = false;
        foreach (char c in text)
        {
            if (c == '_' ? !digit : !char.IsAsciiDigit(c))
            {
                return false;
            }

            digit = c != '_';
        }

        return digit;
    }
}
