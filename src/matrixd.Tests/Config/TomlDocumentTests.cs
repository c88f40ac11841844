using System.Globalization;
using System.Text;
using Matrixd.Config;
using Xunit;

namespace Matrixd.Tests.Config;

public sealed class TomlDocumentTests
{
    [Theory]
    [InlineData("v = \"a\"", "a")]
    [InlineData("v = \"\"", "")]
    [InlineData("v = \"\\b\\t\\n\\f\\r\\\"\\\\\"", "\b\t\n\f\r\"\\")]
    [InlineData("v = \"\\u20B9\"", "₹")]
    [InlineData("v = \"\\U0001F4DE\"", "📞")]
    [InlineData("v = \"# no comment\" # comment", "# no comment")]
    [InlineData("v = 'C:\\new'", "C:\\new")]
    [InlineData("v = ''", "")]
    [InlineData("v = \"\"\"a\"\"\"", "a")]
    [InlineData("v = \"\"\"\na\r\nb\n\"\"\"", "a\nb\n")]
    [InlineData("v = \"\"\"a \\\n   b\"\"\"", "a b")]
    [InlineData("v = \"\"\"a \\  \n\n\t b\"\"\"", "a b")]
    [InlineData("v = \"\"\"\"quoted\"\"\"\"", "\"quoted\"")]
    [InlineData("v = \"\"\"\"\"two\"\"\"\"\"", "\"\"two\"\"")]
    [InlineData("v = '''it's'''", "it's")]
    [InlineData("v = '''\nraw \\ text\n'''", "raw \\ text\n")]
    [InlineData("v = ''''quoted''''", "'quoted'")]
    [InlineData("v = 0", 0L)]
    [InlineData("v = +99", 99L)]
    [InlineData("v = -17", -17L)]
    [InlineData("v = 1_000_000", 1_000_000L)]
    [InlineData("v = 0xDEAD_beef", 0xDEADBEEFL)]
    [InlineData("v = 0o755", 493L)]
    [InlineData("v = 0b1101", 13L)]
    [InlineData("v = 9223372036854775807", long.MaxValue)]
    [InlineData("v = -9223372036854775808", long.MinValue)]
    [InlineData("v = 1.5", 1.5)]
    [InlineData("v = -0.01", -0.01)]
    [InlineData("v = 5e+22", 5e22)]
    [InlineData("v = 6.626e-34", 6.626e-34)]
    [InlineData("v = 1e06", 1e6)]
    [InlineData("v = 9_224.5_1", 9224.51)]
    [InlineData("v = inf", double.PositiveInfinity)]
    [InlineData("v = -inf", double.NegativeInfinity)]
    [InlineData("v = +nan", double.NaN)]
    [InlineData("v = true", true)]
    [InlineData("v = false", false)]
    [InlineData("\uFEFFv = 1", 1L)]
    [InlineData("v=1", 1L)]
    [InlineData("\t v\t=\t1 \r\n", 1L)]
    [InlineData("\"v\" = 1", 1L)]
    [InlineData("'v' = 1", 1L)]
    public void A_value_is_what_the_text_says(string text, object expected) => Assert.Equal(expected, Scalar(text).Value);

    [Theory]
    [InlineData("v = 1979-05-27T07:32:00Z", "OffsetDateTime", "1979-05-27T07:32:00.0000000+00:00")]
    [InlineData("v = 1979-05-27 07:32:00.25+05:30", "OffsetDateTime", "1979-05-27T07:32:00.2500000+05:30")]
    [InlineData("v = 1979-05-27t07:32:00z", "OffsetDateTime", "1979-05-27T07:32:00.0000000+00:00")]
    [InlineData("v = 1979-05-27T07:32:00.999999999", "LocalDateTime", "1979-05-27T07:32:00.9999999")]
    [InlineData("v = 2024-02-29", "LocalDate", "2024-02-29")]
    [InlineData("v = 07:32:00.5", "LocalTime", "07:32:00.5000000")]
    public void A_date_or_time_is_what_the_text_says(string text, string kind, string expected)
    {
        TomlScalar value = Scalar(text);
        Assert.Equal(kind, value.Kind.ToString());
        Assert.Equal(expected, ((IFormattable)value.Value).ToString("O", CultureInfo.InvariantCulture));
    }

    [Theory]
    [InlineData("a.b.c = 1", "{a:{b:{c:1}}}")]
    [InlineData("a . \"b.c\" . 'd' = 1", "{a:{b.c:{d:1}}}")]
    [InlineData("3.14 = 1", "{3:{14:1}}")]
    [InlineData("a.b = 1\na.c = 2", "{a:{b:1,c:2}}")]
    [InlineData("[a]\nx = 1\n[a.b]\ny = 2", "{a:{x:1,b:{y:2}}}")]
    [InlineData("[a.b]\ny = 2\n[a]\nx = 1", "{a:{b:{y:2},x:1}}")]
    [InlineData("[a.b]\n[a]\nb2.c = 1", "{a:{b:{},b2:{c:1}}}")]
    [InlineData("[fruit]\napple.color = 1\n[fruit.apple.texture]\nsmooth = true", "{fruit:{apple:{color:1,texture:{smooth:True}}}}")]
    [InlineData("[[p]]\nn = 1\n[[p]]\n[[p]]\nn = 3", "{p:[{n:1},{},{n:3}]}")]
    [InlineData("[[a]]\n[a.b]\nx = 1\n[[a.c]]\ny = 2\n[[a]]", "{a:[{b:{x:1},c:[{y:2}]},{}]}")]
    [InlineData("v = [1, [2, 3], # c\n 'x',\n]", "{v:[1,[2,3],x]}")]
    [InlineData("v = []", "{v:[]}")]
    [InlineData("v = { a = 1, b.c = 2, b.d = [ { } ] }", "{v:{a:1,b:{c:2,d:[{}]}}}")]
    [InlineData("\"\" = 1", "{:1}")]
    [InlineData("# only\n\n  # comments", "{}")]
    [InlineData("", "{}")]
    public void Tables_and_arrays_nest_as_the_text_says(string text, string expected) => Assert.Equal(expected, Shape(TomlDocument.Parse(text, "t.toml")));

    [Theory]
    [InlineData("v = \"€\"\nw =", 2, 4)]
    [InlineData("v = \"📞\" x", 1, 9)]
    [InlineData("a = 1\r\nb = 2\r\nc = yes", 3, 5)]
    [InlineData("a = \"\"\"\none\ntwo\n\"\"\" x", 4, 5)]
    [InlineData("[a]\nb = 1\n[a]", 3, 2)]
    [InlineData("a = [\n 1,\n 2 3 ]", 3, 4)]
    public void An_error_has_its_line_and_column(string text, int line, int column) => Assert.Equal(new TomlPosition(line, column), Refusal(text).Position);

    [Fact]
    public void Keys_and_values_know_their_places()
    {
        TomlTable root = TomlDocument.Parse("# top\n[gemini]\n  model = \"x\"\n  list = [ 1,\n 2 ]\n", "t.toml");
        Assert.True(root.TryGet("gemini", out TomlEntry? gemini));
        var table = (TomlTable)gemini.Value;
        Assert.Equal((new TomlPosition(2, 2), new TomlPosition(2, 1)), (gemini.KeyPosition, table.Position));
        Assert.Equal((new TomlPosition(3, 3), new TomlPosition(3, 11)), (table.Entries[0].KeyPosition, table.Entries[0].Value.Position));
        Assert.Equal(new TomlPosition(5, 2), ((TomlArray)table.Entries[1].Value).Items[1].Position);
    }

    [Fact]
    public void A_message_does_not_quote_what_may_be_a_secret()
    {
        TomlException e = Refusal("api_key = AIzaSyD-secret");
        Assert.Equal("t.toml:1:11: a value expected; text stands in quotes: \"…\"", e.Message);
        Assert.DoesNotContain("secret", Refusal("api_key = \"AIza-secret").Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", Refusal("api_key = 0-secret").Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Depth_is_bounded()
    {
        Assert.NotNull(TomlDocument.Parse(Nested(TomlLimits.MaxDepth), "t.toml"));
        Assert.Contains("nest deeper", Refusal(Nested(TomlLimits.MaxDepth + 1)).What, StringComparison.Ordinal);
        Assert.Contains("nest deeper", Refusal(Nested(200_000)).What, StringComparison.Ordinal);
        Assert.Contains("parts", Refusal(string.Join('.', Enumerable.Repeat("a", 100)) + " = 1").What, StringComparison.Ordinal);
        Assert.Contains("nest deeper", Refusal($"[{string.Join('.', Enumerable.Repeat("a", 40))}]\n{string.Join('.', Enumerable.Repeat("b", 40))} = 1").What, StringComparison.Ordinal);
    }

    [Fact]
    public void Size_is_bounded()
    {
        byte[] bytes = new byte[TomlLimits.MaxFileBytes + 1];
        bytes.AsSpan().Fill((byte)'\n');
        Assert.Empty(TomlDocument.Parse(bytes.AsSpan(1), "t.toml").Entries);
        Assert.Contains("larger", Assert.Throws<TomlException>(() => TomlDocument.Parse(bytes, "t.toml")).What, StringComparison.Ordinal);
    }

    [Fact]
    public void Bytes_that_are_not_UTF8_are_refused_with_their_line()
    {
        byte[] bytes = [.. "a = 1\nb = \""u8, 0xE0, .. "\""u8];
        TomlException e = Assert.Throws<TomlException>(() => TomlDocument.Parse(bytes, "t.toml"));
        Assert.Equal((2, "the file is not UTF-8"), (e.Position.Line, e.What));
    }

    [Fact]
    public void Every_beginning_of_a_document_is_read_or_refused_and_nothing_else()
    {
        const string text = "a.b = \"\\u20B9\"\n[x]\ny = [ { z = 1979-05-27 07:32:00.5Z }, '''\nq''' ]\n[[w]]\nv = \"\"\"\\\n  1e5\"\"\" # c\r\nn = -0x";
        for (int length = 0; length <= text.Length; length++)
        {
            string part = text[..length];
            if (Record.Exception(() => TomlDocument.Parse(part, "t.toml")) is { } e)
            {
                Assert.IsType<TomlException>(e);
            }
        }
    }

    private static TomlException Refusal(string text) => Assert.Throws<TomlException>(() => TomlDocument.Parse(text, "t.toml"));

    private static TomlScalar Scalar(string text) => (TomlScalar)Assert.Single(TomlDocument.Parse(text, "t.toml").Entries).Value;

    private static string Nested(int depth) => new StringBuilder("v = ").Append('[', depth).Append(']', depth).ToString();

    private static string Shape(TomlValue value) => value switch
    {
        TomlTable table => $"{{{string.Join(',', table.Entries.Select(e => $"{e.Key}:{Shape(e.Value)}"))}}}",
        TomlArray array => $"[{string.Join(',', array.Items.Select(Shape))}]",
        TomlScalar scalar => Convert.ToString(scalar.Value, CultureInfo.InvariantCulture)!,
        _ => throw new InvalidOperationException(),
    };
}
