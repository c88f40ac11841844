using System.Buffers;

namespace Matrixd.Agents;

/// <summary>Compares telephone numbers however carriers and operators write them.</summary>
internal static class PhoneNumber
{
    /// <summary>No dialled number or SIP name that is worth comparing is longer.</summary>
    public const int MaxLength = 64;

    private const int NationalDigits = 10; // of every Indian number, area code included
    private static readonly SearchValues<char> s_punctuation = SearchValues.Create(" -().\u00a0");

    /// <summary>One form for all spellings of a number.</summary>
    /// <returns>
    /// <c>+91</c> and ten digits for an Indian number in any of its forms (+91…, 91…, 0091…, 0…, or the ten digits alone), <c>+</c> and
    /// digits for another number in international form, the digits alone for what is neither (toll-free, short codes), and the text
    /// itself in lower case for what is no number.
    /// </returns>
    public static string Normalise(string text)
    {
        Span<char> digits = stackalloc char[MaxLength];
        int count = 0;
        bool plus = false;
        ReadOnlySpan<char> trimmed = text.AsSpan().Trim();
        foreach (char c in trimmed)
        {
            if (char.IsAsciiDigit(c) && count < MaxLength)
            {
                digits[count++] = c;
            }
            else if (c == '+' && count == 0 && !plus)
            {
                plus = true;
            }
            else if (!s_punctuation.Contains(c))
            {
                return trimmed.ToString().ToLowerInvariant();
            }
        }

        ReadOnlySpan<char> number = digits[..count];
        if (!plus && number.StartsWith("00"))
        {
            plus = true;
            number = number[2..];
        }

        return National(number, plus) is { Length: NationalDigits } national ? $"+91{national}" : plus ? $"+{number}" : number.ToString();
    }

    // The ten digits of an Indian number, or nothing.
    private static ReadOnlySpan<char> National(ReadOnlySpan<char> number, bool international)
    {
        ReadOnlySpan<char> rest = number;
        if (international || number.Length > NationalDigits + 1)
        {
            if (!rest.StartsWith("91"))
            {
                return default;
            }

            rest = rest[2..];
        }

        // The trunk prefix; some carriers leave it after the country code.
        return rest.Length == NationalDigits + 1 && rest[0] == '0' ? rest[1..] : rest.Length == NationalDigits ? rest : default;
    }
}
