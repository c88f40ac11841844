using System.Text;

namespace Matrixd.Config;

/// <summary>Escapes of basic strings.</summary>
internal static class TomlEscape
{
    /// <summary>The cursor stands on the backslash.</summary>
    public static void Read(TomlCursor cursor, StringBuilder text)
    {
        TomlPosition start = cursor.Position;
        cursor.Advance();
        char kind = cursor.Current;
        if (kind is 'u' or 'U')
        {
            cursor.Advance();
            text.Append(ReadScalar(cursor, start, kind == 'u' ? 4 : 8));
            return;
        }

        char meant = kind switch
        {
            'b' => '\b',
            't' => '\t',
            'n' => '\n',
            'f' => '\f',
            'r' => '\r',
            '"' => '"',
            '\\' => '\\',
            _ => throw cursor.ErrorAt(start, "a backslash with no meaning here", "write \\\\ for a backslash, or put the text in single quotes '…'"),
        };
        text.Append(meant);
        cursor.Advance();
    }

    private static string ReadScalar(TomlCursor cursor, TomlPosition start, int digits)
    {
        uint value = 0;
        for (int i = 0; i < digits; i++)
        {
            if (!char.IsAsciiHexDigit(cursor.Current))
            {
                throw cursor.ErrorAt(start, $"{digits} hexadecimal digits expected after \\{(digits == 4 ? 'u' : 'U')}", "write \\\\ for a backslash, or put the text in single quotes '…'");
            }

            value = (value << 4) | (uint)Convert.ToInt32(cursor.Current.ToString(), 16);
            cursor.Advance();
        }

        return Rune.IsValid(value) ? new Rune(value).ToString() : throw cursor.ErrorAt(start, $"U+{value:X4} is no character");
    }
}
