using System.Text.Json;
using Matrixd.Agents;
using Xunit;

namespace Matrixd.Tests.Agents;

public sealed class JsonSchemaTests
{
    [Theory]
    [InlineData("""{"type":"string"}""", "\"a\"")]
    [InlineData("""{"type":"STRING"}""", "\"a\"")]
    [InlineData("""{"type":"string","nullable":true}""", "null")]
    [InlineData("""{"type":["string","null"]}""", "null")]
    [InlineData("""{"type":"integer"}""", "3")]
    [InlineData("""{"type":"integer"}""", "3.0")]
    [InlineData("""{"type":"number"}""", "3.5")]
    [InlineData("""{"enum":["a",1,{"b":[true]}]}""", """{ "b" : [ true ] }""")]
    [InlineData("""{"enum":[1]}""", "1.0")]
    [InlineData("""{"const":"a"}""", "\"a\"")]
    [InlineData("""{"minimum":1,"maximum":3}""", "3")]
    [InlineData("""{"minLength":2,"maxLength":2}""", "\"नम\"")]
    [InlineData("""{"maxLength":1}""", "\"😀\"")]
    [InlineData("""{"pattern":"^[A-Z]-\\d+$"}""", "\"A-12\"")]
    [InlineData("""{"items":{"type":"string"},"minItems":1,"maxItems":2}""", "[\"a\",\"b\"]")]
    [InlineData("""{"properties":{"a":{"type":"string"}},"required":["a"]}""", """{"a":"x","b":1}""")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":{"type":"integer"}}""", """{"a":"x","b":1}""")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"integer"}]}""", "1")]
    [InlineData("""{"allOf":[{"minimum":1},{"maximum":3}]}""", "2")]
    [InlineData("""{"format":"date","x-unknown":{"a":1},"$comment":"!"}""", "\"anything\"")]
    [InlineData("true", "1")]
    [InlineData("{}", "[{}]")]
    public void A_value_that_fits_is_let_through(string schema, string value) => Assert.Empty(Check(schema, value));

    [Theory]
    [InlineData("""{"type":"string"}""", "1", "the value must be string, is the number 1")]
    [InlineData("""{"type":["string","null"]}""", "true", "the value must be string or null, is true")]
    [InlineData("""{"type":"integer"}""", "3.5", "the value must be integer, is the number 3.5")]
    [InlineData("""{"type":"number"}""", "\"3\"", "the value must be number, is the string \"3\"")]
    [InlineData("""{"enum":["a","b"]}""", "\"c\"", "the value must be one of \"a\", \"b\", is \"c\"")]
    [InlineData("""{"const":"a"}""", "\"b\"", "the value must be one of \"a\", is \"b\"")]
    [InlineData("""{"minimum":1}""", "0", "the value must be at least 1, is 0")]
    [InlineData("""{"maximum":3}""", "1e999", "the value must be at most 3, is ∞")]
    [InlineData("""{"exclusiveMinimum":1}""", "1", "the value must be more than 1, is 1")]
    [InlineData("""{"exclusiveMaximum":1}""", "1", "the value must be less than 1, is 1")]
    [InlineData("""{"minLength":2}""", "\"a\"", "the value must have at least 2 characters, has 1")]
    [InlineData("""{"maxLength":"2"}""", "\"abc\"", "the value must have at most 2 characters, has 3")]
    [InlineData("""{"pattern":"^[A-Z]-\\d+$"}""", "\"a-12\"", "the value must match ^[A-Z]-\\d+$, is \"a-12\"")]
    [InlineData("""{"minItems":2}""", "[1]", "the value must have at least 2 items, has 1")]
    [InlineData("""{"maxItems":0}""", "[1]", "the value must have at most 0 items, has 1")]
    [InlineData("""{"items":{"type":"string"}}""", "[\"a\",2]", "[1] must be string, is the number 2")]
    [InlineData("""{"required":["a"]}""", "{}", "a is missing")]
    [InlineData("""{"properties":{"o":{"properties":{"l":{"items":{"required":["sku"]}}}}}}""", """{"o":{"l":[{"sku":1},{}]}}""", "o.l[1].sku is missing")]
    [InlineData("""{"properties":{"a":{}},"additionalProperties":false}""", """{"b":1}""", "b is not taken")]
    [InlineData("""{"additionalProperties":{"type":"integer"}}""", """{"b":"x"}""", "b must be integer, is the string \"x\"")]
    [InlineData("""{"properties":{"a":{"enum":["safe"]}}}""", """{"a":"evil","a":"safe"}""", "a must be one of \"safe\", is \"evil\"; a stands there twice")]
    [InlineData("""{"anyOf":[{"type":"string"},{"type":"integer"}]}""", "true", "the value must be string, is true")]
    [InlineData("""{"allOf":[{"minimum":1},{"maximum":3}]}""", "4", "the value must be at most 3, is 4")]
    [InlineData("false", "1", "the value is not taken")]
    public void A_value_that_does_not_fit_is_named_with_its_path(string schema, string value, string errors) =>
        Assert.Equal(errors, string.Join("; ", Check(schema, value)).Replace("Infinity", "∞", StringComparison.Ordinal));

    [Fact]
    public void Errors_are_bounded() => Assert.Equal(JsonSchema.MaxErrors, Check("""{"items":{"type":"string"}}""", "[1,2,3,4,5,6,7,8]").Count);

    [Fact]
    public void A_pattern_that_backtracking_would_die_on_is_matched_in_linear_time() =>
        Assert.Single(Check("""{"pattern":"^(a+)+$"}""", $"\"{new string('a', 50_000)}!\""));

    [Theory]
    [InlineData("{", "parameters are not JSON")]
    [InlineData("7", "schema is the number 7: a schema is an object")]
    [InlineData("""{"type":"text"}""", "schema.type is 'text'")]
    [InlineData("""{"properties":[]}""", "schema.properties is a list")]
    [InlineData("""{"properties":{"a":{"required":"x"}}}""", "schema.properties.a.required is the string \"x\": a list is expected")]
    [InlineData("""{"required":[1]}""", "schema.required holds the number 1")]
    [InlineData("""{"enum":1}""", "schema.enum is the number 1")]
    [InlineData("""{"minItems":-1}""", "schema.minItems is -1")]
    [InlineData("""{"minimum":"1"}""", "schema.minimum is \"1\"")]
    [InlineData("""{"pattern":"("}""", "schema.pattern '('")]
    [InlineData("""{"pattern":"(?=a)"}""", "schema.pattern '(?=a)' cannot be used (lookaround")]
    public void A_schema_that_is_none_is_refused_with_its_place(string schema, string error) =>
        Assert.StartsWith(error, Assert.Throws<FormatException>(() => JsonSchema.Parse(schema)).Message);

    private static IReadOnlyList<string> Check(string schema, string value)
    {
        using JsonDocument document = JsonDocument.Parse(value);
        return JsonSchema.Parse(schema).Validate(document.RootElement);
    }
}
