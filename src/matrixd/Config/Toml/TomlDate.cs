using System.Globalization;

namespace Matrixd.Config;

/// <summary>The four kinds of dates and times (RFC 3339). A second 60 is refused: the clock has none.</summary>
internal static class TomlDate
{
    private const int DateLength = 10;

    /// <summary>Null: the word is no date of TOML.</summary>
    public static TomlScalar? TryParse(string word, TomlPosition position)
    {
        if (TryTime(word, out TimeOnly alone, out int used) && used == word.Length)
        {
            return new TomlScalar(TomlKind.LocalTime, position, alone);
        }

        if (!TryDate(word, out DateOnly date))
        {
            return null;
        }

        if (word.Length == DateLength)
        {
            return new TomlScalar(TomlKind.LocalDate, position, date);
        }

        if (word[DateLength] is not ('T' or 't' or ' ') || !TryTime(word.AsSpan(DateLength + 1), out TimeOnly time, out int timeLength))
        {
            return null;
        }

        ReadOnlySpan<char> zone = word.AsSpan(DateLength + 1 + timeLength);
        if (zone.IsEmpty)
        {
            return new TomlScalar(TomlKind.LocalDateTime, position, date.ToDateTime(time));
        }

        return TryOffset(zone, out TimeSpan offset) && TryInstant(date.ToDateTime(time), offset, out DateTimeOffset instant)
            ? new TomlScalar(TomlKind.OffsetDateTime, position, instant)
            : null;
    }

    private static bool TryDate(string word, out DateOnly date)
    {
        date = default;
        return word.Length >= DateLength && DateOnly.TryParseExact(word.AsSpan(0, DateLength), "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out date);
    }

    /// <summary>HH:mm:ss with any number of digits behind a point.</summary>
    private static bool TryTime(ReadOnlySpan<char> text, out TimeOnly time, out int used)
    {
        used = 8;
        if (text.Length < used || !TimeOnly.TryParseExact(text[..used], "HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out time))
        {
            time = default;
            return false;
        }

        if (used == text.Length || text[used] != '.')
        {
            return true;
        }

        int first = used + 1;
        long unit = TimeSpan.TicksPerSecond / 10;
        long ticks = 0;
        for (used = first; used < text.Length && char.IsAsciiDigit(text[used]); used++)
        {
            ticks += (text[used] - '0') * unit;
            unit /= 10;
        }

        time = new TimeOnly(time.Ticks + ticks);
        return used > first;
    }

    private static bool TryOffset(ReadOnlySpan<char> zone, out TimeSpan offset)
    {
        offset = TimeSpan.Zero;
        if (zone is "Z" or "z")
        {
            return true;
        }

        if (zone.Length != 6 || zone[0] is not ('+' or '-')
            || !TimeOnly.TryParseExact(zone[1..], "HH:mm", CultureInfo.InvariantCulture, DateTimeStyles.None, out TimeOnly clock))
        {
            return false;
        }

        offset = zone[0] == '-' ? -clock.ToTimeSpan() : clock.ToTimeSpan();
        return true;
    }

    /// <summary>False beyond what the clock can show: an offset of more than 14 hours, or a day before year 1 or after year 9999 in UTC.</summary>
    private static bool TryInstant(DateTime local, TimeSpan offset, out DateTimeOffset instant)
    {
        instant = default;
        long utc = local.Ticks - offset.Ticks;
        if (offset.Duration() > TimeSpan.FromHours(14) || utc < DateTime.MinValue.Ticks || utc > DateTime.MaxValue.Ticks)
        {
            return false;
        }

        instant = new DateTimeOffset(local, offset);
        return true;
    }
}
