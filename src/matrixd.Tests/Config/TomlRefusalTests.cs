using Matrixd.Config;
using Xunit;

namespace Matrixd.Tests.Config;

/// <summary>What is no TOML 1.0, and what is said of it.</summary>
public sealed class TomlRefusalTests
{
    [Theory]
    [InlineData("v", "'=' expected")]
    [InlineData("v = ", "a value expected")]
    [InlineData("= 1", "a key expected")]
    [InlineData("v = 1 w = 2", "the end of the line expected")]
    [InlineData("a..b = 1", "a key expected")]
    [InlineData(".a = 1", "a key expected")]
    [InlineData("ключ = 1", "a key expected")]
    [InlineData("\"\"\"v\"\"\" = 1", "multi-line")]
    [InlineData("v = \"a", "no closing \"")]
    [InlineData("v = 'a\n'", "no closing '")]
    [InlineData("v = \"\"\"a", "no closing \"\"\"")]
    [InlineData("v = '''a''", "no closing '''")]
    [InlineData("v = \"\"\"a\"\"\"\"\"\"", "the end of the line expected")]
    [InlineData("v = \"\\e\"", "backslash")]
    [InlineData("v = \"\\x41\"", "backslash")]
    [InlineData("v = \"\\u12\"", "4 hexadecimal digits")]
    [InlineData("v = \"\\uD800\"", "U+D800 is no character")]
    [InlineData("v = \"\\U00110000\"", "is no character")]
    [InlineData("v = \"a\u0001\"", "control character U+0001")]
    [InlineData("v = \"a\u007F\"", "control character U+007F")]
    [InlineData("# a\u0000", "control character U+0000")]
    [InlineData("# a\rb", "control character U+000D")]
    [InlineData("v = \"\"\"a\rb\"\"\"", "control character U+000D")]
    [InlineData("v = 1\r", "the end of the line expected")]
    [InlineData("v = 01", "neither a number nor a date")]
    [InlineData("v = +0x1", "neither a number nor a date")]
    [InlineData("v = 0x", "neither a number nor a date")]
    [InlineData("v = 0X1", "neither a number nor a date")]
    [InlineData("v = 0b12", "neither a number nor a date")]
    [InlineData("v = 1__0", "neither a number nor a date")]
    [InlineData("v = 1_", "neither a number nor a date")]
    [InlineData("v = _1", "a value expected")]
    [InlineData("v = 9223372036854775808", "neither a number nor a date")]
    [InlineData("v = 0x8000000000000000", "neither a number nor a date")]
    [InlineData("v = 1.", "neither a number nor a date")]
    [InlineData("v = .5", "neither a number nor a date")]
    [InlineData("v = 1.e5", "neither a number nor a date")]
    [InlineData("v = 1e", "neither a number nor a date")]
    [InlineData("v = 1e5.0", "neither a number nor a date")]
    [InlineData("v = Inf", "a value expected")]
    [InlineData("v = True", "small letters")]
    [InlineData("v = 2023-02-29", "neither a number nor a date")]
    [InlineData("v = 2023-1-01", "neither a number nor a date")]
    [InlineData("v = 24:00:00", "neither a number nor a date")]
    [InlineData("v = 07:32", "neither a number nor a date")]
    [InlineData("v = 07:32:00.", "neither a number nor a date")]
    [InlineData("v = 1979-05-27T07:32:00+25:00", "neither a number nor a date")]
    [InlineData("v = 1979-05-27  07:32:00", "the end of the line expected")]
    [InlineData("v = 8s", "neither a number nor a date")]
    [InlineData("v = [1 2]", "',' or ']' expected")]
    [InlineData("v = [,]", "a value expected")]
    [InlineData("v = [1,,2]", "a value expected")]
    [InlineData("v = [1", "',' or ']' expected")]
    [InlineData("v = { a = 1, }", "a comma before '}'")]
    [InlineData("v = { a = 1\n}", "',' or '}' expected")]
    [InlineData("v = { a = 1", "',' or '}' expected")]
    [InlineData("v = { 1 }", "'=' expected")]
    [InlineData("a = 1\na = 2", "already defined in line 1")]
    [InlineData("a = 1\n\"a\" = 2", "already defined in line 1")]
    [InlineData("a = 1\na.b = 2", "already defined in line 1")]
    [InlineData("a.b = 1\na = 2", "already defined in line 1")]
    [InlineData("a.b = 1\n[a]", "already defined in line 1")]
    [InlineData("[a]\n[a]", "already defined in line 1")]
    [InlineData("[a]\nb.c = 1\n[a.b]", "already defined in line 2")]
    [InlineData("[a.b.c]\n[a]\nb.c.d = 1", "already defined in line 1")]
    [InlineData("[a.b.c]\n[a]\nb.x = 1\n[a.b]", "already defined in line 1")]
    [InlineData("a = {}\na.b = 1", "already defined in line 1")]
    [InlineData("a = {}\n[a.b]", "already defined in line 1")]
    [InlineData("v = { a = {}, a.b = 1 }", "already defined in line 1")]
    [InlineData("v = { a = 1, a = 2 }", "already defined in line 1")]
    [InlineData("a = []\n[[a]]", "already defined in line 1")]
    [InlineData("a = [{}]\n[a.b]", "already defined in line 1")]
    [InlineData("[a]\n[[a]]", "already defined in line 1")]
    [InlineData("[[a]]\n[a]", "write [[a]]")]
    [InlineData("[[a.b]]\n[a]\nb.c = 1", "already defined in line 1")]
    [InlineData("[a", "']' expected")]
    [InlineData("[[a]", "']]' expected")]
    [InlineData("[ [a] ]", "a key expected")]
    [InlineData("[]", "a key expected")]
    [InlineData("[a] b = 1", "the end of the line expected")]
    public void It_is_refused_with_what_is_wrong(string text, string said)
    {
        TomlException e = Assert.Throws<TomlException>(() => TomlDocument.Parse(text, "t.toml"));
        Assert.Contains(said, e.Message, StringComparison.Ordinal);
        Assert.StartsWith($"t.toml:{e.Position.Line}:{e.Position.Column}: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_surrogate_pair_is_no_character()
    {
        foreach (string text in (string[])["v = \"a\uD800b\"", "v = '\uDC00'", "# \uD83D"])
        {
            Assert.Contains("is no character", Assert.Throws<TomlException>(() => TomlDocument.Parse(text, "t.toml")).What, StringComparison.Ordinal);
        }
    }
}
