using System.Globalization;
using System.Text.Json;
using Matrixd.Config;
using Xunit;

namespace Matrixd.Tests.Config;

/// <summary>Compares values with toml-test's tagged JSON.</summary>
internal static class TomlTagged
{
    public static void AssertSame(JsonElement expected, TomlValue actual, string path)
    {
        switch (actual)
        {
            case TomlTable table:
                Assert.True(expected.ValueKind == JsonValueKind.Object, path);
                Assert.Equal(expected.EnumerateObject().Select(p => p.Name).Order(StringComparer.Ordinal), table.Entries.Select(e => e.Key).Order(StringComparer.Ordinal));
                foreach (TomlEntry entry in table.Entries)
                {
                    AssertSame(expected.GetProperty(entry.Key), entry.Value, $"{path}/{entry.Key}");
                }

                break;
            case TomlArray array:
                Assert.True(expected.ValueKind == JsonValueKind.Array, path);
                Assert.Equal(expected.GetArrayLength(), array.Items.Count);
                for (int i = 0; i < array.Items.Count; i++)
                {
                    AssertSame(expected[i], array.Items[i], $"{path}/{i}");
                }

                break;
            case TomlScalar scalar:
                Assert.Equal($"{path} {Canonical(expected.GetProperty("type").GetString()!, expected.GetProperty("value").GetString()!)}", $"{path} {Canonical(scalar)}");
                break;
        }
    }

    private static string Canonical(TomlScalar scalar) => scalar.Kind switch
    {
        TomlKind.Text => "string " + scalar.Value,
        TomlKind.Integer => "integer " + ((long)scalar.Value).ToString(CultureInfo.InvariantCulture),
        TomlKind.Float => "float " + ((double)scalar.Value).ToString("R", CultureInfo.InvariantCulture),
        TomlKind.Boolean => "bool " + scalar.Value,
        TomlKind.OffsetDateTime => "datetime " + ((DateTimeOffset)scalar.Value).ToString("O", CultureInfo.InvariantCulture),
        TomlKind.LocalDateTime => "datetime-local " + ((DateTime)scalar.Value).ToString("O", CultureInfo.InvariantCulture),
        TomlKind.LocalDate => "date-local " + ((DateOnly)scalar.Value).ToString("O", CultureInfo.InvariantCulture),
        _ => "time-local " + ((TimeOnly)scalar.Value).ToString("O", CultureInfo.InvariantCulture),
    };

    private static string Canonical(string type, string value) => type + " " + type switch
    {
        "string" => value,
        "integer" => value,
        "float" => value switch
        {
            "inf" => double.PositiveInfinity,
            "-inf" => double.NegativeInfinity,
            "nan" => double.NaN,
            _ => double.Parse(value, CultureInfo.InvariantCulture),
        },
        "bool" => bool.Parse(value),
        "datetime" => DateTimeOffset.Parse(value, CultureInfo.InvariantCulture).ToString("O", CultureInfo.InvariantCulture),
        "datetime-local" => DateTime.Parse(value, CultureInfo.InvariantCulture).ToString("O", CultureInfo.InvariantCulture),
        "date-local" => DateOnly.Parse(value, CultureInfo.InvariantCulture).ToString("O", CultureInfo.InvariantCulture),
        _ => (object)TimeOnly.Parse(value, CultureInfo.InvariantCulture).ToString("O", CultureInfo.InvariantCulture),
    };
}
