using Matrixd.Gemini;
using Xunit;

namespace Matrixd.Tests.Gemini;

public sealed class ModelQuirksTests
{
    [Theory]
    [InlineData("gemini-3.1-flash-live-preview", "Level BlockingOnly RealtimeInput TurnComplete")]
    [InlineData("models/gemini-3.1-flash-live-preview-09-2026", "Level BlockingOnly RealtimeInput TurnComplete")]
    [InlineData("gemini-3.8-live", "None NonBlockingDefault RealtimeInput TurnComplete")]
    [InlineData("gemini-3.8-live-extended-thinking", "Level NonBlockingOnly RealtimeInput InteractionIdle")]
    [InlineData("gemini-2.5-flash-native-audio-preview-12-2025", "Budget BlockingDefault ClientContent TurnComplete")]
    [InlineData("gemini-2.5-flash-preview-native-audio-dialog", "Budget BlockingDefault ClientContent TurnComplete")]
    public void Each_family_has_its_rules(string model, string rules)
    {
        ModelQuirks quirks = ModelQuirks.For(model);

        Assert.True(quirks.IsKnown);
        Assert.Equal(rules, $"{quirks.Thinking} {quirks.Functions} {quirks.MidCallText} {quirks.TurnEnd}");
    }

    [Theory]
    [InlineData("gemini-4-live")]
    [InlineData("")]
    public void An_unknown_name_gets_the_newest_rules_and_says_so(string model)
    {
        ModelQuirks quirks = ModelQuirks.For(model);

        Assert.False(quirks.IsKnown);
        Assert.Equal(ModelQuirks.For("gemini-3.8-live") with { IsKnown = false }, quirks);
    }

    [Theory]
    [InlineData("gemini-3.1-flash-live-preview", false)]
    [InlineData("gemini-2.5-flash-native-audio-preview-12-2025", false)]
    [InlineData("gemini-3.8-live", true)]
    [InlineData("gemini-3.8-live-extended-thinking", true)]
    public void It_is_known_who_waits_for_tools(string model, bool nonBlocking) =>
        Assert.Equal(nonBlocking, ModelQuirks.For(model).NonBlockingTools);
}
