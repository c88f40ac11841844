using System.Globalization;
using System.Text;

namespace Matrixd.Config;

/// <summary>Durations as people write them: <c>300ms</c>, <c>8s</c>, <c>1m30s</c>, <c>1h</c>.</summary>
internal static class Durations
{
    /// <summary>Ten years: far beyond any use, far below an overflow.</summary>
    private const long MaxMilliseconds = 10L * 365 * 24 * 3_600_000;

    private static readonly (string Name, long Milliseconds)[] Units = [("h", 3_600_000), ("m", 60_000), ("s", 1_000), ("ms", 1)];

    /// <summary>Whole numbers, each with its unit, the larger unit first.</summary>
    public static bool TryParse(ReadOnlySpan<char> text, out TimeSpan value)
    {
        value = TimeSpan.Zero;
        long sum = 0;
        int next = 0;
        if (text.IsEmpty)
        {
            return false;
        }

        while (!text.IsEmpty)
        {
            int digits = CountWhile(text, char.IsAsciiDigit);
            int letters = CountWhile(text[digits..], char.IsAsciiLetter);
            ReadOnlySpan<char> name = text.Slice(digits, letters);
            int unit = IndexOfUnit(name);
            if (unit < next || !long.TryParse(text[..digits], NumberStyles.None, CultureInfo.InvariantCulture, out long number) || number > MaxMilliseconds)
            {
                return false;
            }

            sum += number * Units[unit].Milliseconds;
            if (sum > MaxMilliseconds)
            {
                return false;
            }

            next = unit + 1;
            text = text[(digits + letters)..];
        }

        value = TimeSpan.FromMilliseconds(sum);
        return true;
    }

    public static string Format(TimeSpan value)
    {
        long rest = (long)value.TotalMilliseconds;
        var text = new StringBuilder();
        foreach ((string name, long milliseconds) in Units)
        {
            if (rest >= milliseconds)
            {
                text.Append(CultureInfo.InvariantCulture, $"{rest / milliseconds}{name}");
                rest %= milliseconds;
            }
        }

        return text.Length == 0 ? "0s" : text.ToString();
    }

    private static int IndexOfUnit(ReadOnlySpan<char> name)
    {
        for (int i = 0; i < Units.Length; i++)
        {
            if (name.SequenceEqual(Units[i].Name))
            {
                return i;
            }
        }

        return -1;
    }

    private static int CountWhile(ReadOnlySpan<char> text, Func<char, bool> test)
    {
        int count = 0;
        while (count < text.Length && test(text[count]))
        {
            count++;
        }

        return count;
    }
}
