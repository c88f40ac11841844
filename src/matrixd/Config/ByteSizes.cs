using System.Globalization;

namespace Matrixd.Config;

/// <summary>Sizes as people write them: <c>64KiB</c>, <c>128MiB</c>, <c>2GiB</c>.</summary>
internal static class ByteSizes
{
    private static readonly (string Name, int Shift)[] s_units = [("KiB", 10), ("MiB", 20), ("GiB", 30)];

    public static bool TryParse(string text, out long bytes)
    {
        bytes = 0;
        foreach ((string name, int shift) in s_units)
        {
            if (text.EndsWith(name, StringComparison.Ordinal)
                && int.TryParse(text.AsSpan(0, text.Length - name.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
            {
                bytes = (long)number << shift;
                return true;
            }
        }

        return false;
    }

    public static ConfigRule Between(string from, string to)
    {
        (long min, long max) = (Parse(from), Parse(to));
        return ConfigRule.Text($"{from} to {to}", text => TryParse(text, out long bytes) && bytes >= min && bytes <= max
            ? null
            : new ConfigRefusal($"must be {from} to {to}", "a whole number and its unit, such as \"64KiB\", \"128MiB\" or \"2GiB\""));
    }

    public static long Parse(string text) => TryParse(text, out long bytes) ? bytes : throw new ArgumentException($"'{text}' is no size", nameof(text));
}
