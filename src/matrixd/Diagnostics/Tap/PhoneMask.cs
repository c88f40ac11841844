using System.Text;

namespace Matrixd.Diagnostics;

/// <summary>Telephone numbers within a text, made unreadable.</summary>
internal static class PhoneMask
{
    // National numbers have ten digits and more; dates and amounts have fewer.
    private const int FewestDigits = 10;
    private const int Shown = 4;

    /// <summary>Each run of ten digits and more, single blanks and dashes among them, as dots and its last four digits.</summary>
    public static string Of(string text)
    {
        StringBuilder? masked = null;
        int copied = 0;
        for (int at = 0; at < text.Length; at++)
        {
            if (!char.IsAsciiDigit(text[at]))
            {
                continue;
            }

            int end = RunFrom(text, at, out int digits);
            if (digits >= FewestDigits)
            {
                masked ??= new StringBuilder();
                masked.Append(text, copied, at - copied).Append("····").Append(Tail(text, end));
                copied = end;
            }

            at = end - 1;
        }

        return masked is null ? text : masked.Append(text, copied, text.Length - copied).ToString();
    }

    private static int RunFrom(string text, int start, out int digits)
    {
        digits = 1;
        int end = start + 1;
        while (true)
        {
            int next = end < text.Length && text[end] is ' ' or '-' ? end + 1 : end;
            if (next >= text.Length || !char.IsAsciiDigit(text[next]))
            {
                return end;
            }

            digits++;
            end = next + 1;
        }
    }

    // The last digits of the run; blanks and dashes among them are left out.
    private static string Tail(string text, int end)
    {
        Span<char> tail = stackalloc char[Shown];
        int filled = Shown;
        for (int at = end - 1; filled > 0; at--)
        {
            if (char.IsAsciiDigit(text[at]))
            {
                tail[--filled] = text[at];
            }
        }

        return tail.ToString();
    }
}
