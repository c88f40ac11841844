using Matrixd.Config;
using Matrixd.Diagnostics;
using Xunit;

namespace Matrixd.Tests.Diagnostics;

public sealed class TapSelectorTests
{
    [Theory]
    [InlineData("off", "", false)]
    [InlineData("on", "", true)]
    [InlineData("call:abc", "", true)]
    [InlineData("call:abcd", "", false)]
    [InlineData("from:3609", "", true)]
    [InlineData("from:+91 94412-33609", "+919441233609", true)]
    [InlineData("from:09441233609", "9441233609", true)]
    [InlineData("from:3608", "", false)]
    [InlineData("to:08040000000", "", true)]
    [InlineData("to:3609", "", false)]
    [InlineData("from:3608, to:0000", "", true)]
    public void Words_choose_calls(string words, string from, bool taken) =>
        Assert.Equal(taken, Selector(words).Takes("abc", from.Length > 0 ? from : "09441233609", "08040000000"));

    [Fact]
    public void The_next_calls_are_counted_and_named_ones_do_not_use_them_up()
    {
        TapSelector selector = Selector("next:2,call:named");

        Assert.True(selector.Takes("a", "", ""));
        Assert.True(selector.Takes("named", "", ""));
        Assert.True(selector.Takes("b", "", ""));
        Assert.False(selector.Takes("c", "", ""));
        Assert.True(selector.Takes("named", "", ""));
        selector.Set([]);
        Assert.False(selector.Takes("named", "", ""));
        Assert.False(selector.IsOn);
    }

    [Theory]
    [InlineData("of", "of")]
    [InlineData("on, next:0", "next:0")]
    [InlineData("next:many", "next:many")]
    [InlineData("call:../etc", "call:../etc")]
    [InlineData("from:609", "from:609")]
    [InlineData("from:reception", "from:reception")]
    [InlineData("on,off", "off")]
    public void What_is_no_word_is_named(string words, string wrong)
    {
        Assert.False(TapWord.TryParse(words, out _, out string told));
        Assert.Equal(wrong, told);
    }

    private static TapSelector Selector(string words)
    {
        Assert.True(TapWord.TryParse(words, out IReadOnlyList<TapWord> parsed, out string wrong), wrong);
        return new TapSelector(parsed);
    }
}
