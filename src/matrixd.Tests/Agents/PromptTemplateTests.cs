using Matrixd.Agents;
using Xunit;

namespace Matrixd.Tests.Agents;

public sealed class PromptTemplateTests
{
    [Theory]
    [InlineData("", "")]
    [InlineData("plain", "plain")]
    [InlineData("{name}", "Asha")]
    [InlineData("Hello {name}, {name}!", "Hello Asha, Asha!")]
    [InlineData("{unknown} {name}", "{unknown} Asha")]
    [InlineData("{{name}}", "{Asha}")]
    [InlineData("{\"json\": {\"a\": 1}}", "{\"json\": {\"a\": 1}}")]
    [InlineData("{ name } {} { {name", "{ name } {} { {name")]
    [InlineData("{evil}", "{name}")] // a value is not looked into
    public void Names_in_braces_are_replaced(string text, string rendered)
    {
        var values = new Dictionary<string, string> { ["name"] = "Asha", ["evil"] = "{name}" };

        Assert.Equal(rendered, new PromptTemplate(text).Render(values, _ => { }));
    }

    [Fact]
    public void Names_without_a_value_are_told()
    {
        var told = new List<string>();

        new PromptTemplate("{a} {b-1} {a}").Render(new Dictionary<string, string> { ["b-1"] = "x" }, told.Add);

        Assert.Equal(["a", "a"], told);
    }
}
