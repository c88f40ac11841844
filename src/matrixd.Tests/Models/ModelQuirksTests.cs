using System.Buffers;
using System.Text;
using Matrixd.Calls;
using Matrixd.Gemini;
using Matrixd.Models;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Models;

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
        Assert.Equal(ModelQuirks.For("gemini-3.8-live") with { IsKnown = false, Names = quirks.Names }, quirks);
        Assert.Empty(quirks.Names);
    }

    [Theory]
    [InlineData("gemini-3.1-flash-live-preview", false)]
    [InlineData("gemini-2.5-flash-native-audio-preview-12-2025", false)]
    [InlineData("gemini-3.8-live", true)]
    [InlineData("gemini-3.8-live-extended-thinking", true)]
    public void It_is_known_who_waits_for_tools(string model, bool nonBlocking) =>
        Assert.Equal(nonBlocking, ModelQuirks.For(model).NonBlockingTools);

    [Fact]
    public void Every_name_in_service_is_of_the_family_that_lists_it()
    {
        Assert.Equal(4, ModelQuirks.NamesInService.Count);
        foreach (string name in ModelQuirks.NamesInService)
        {
            ModelQuirks quirks = ModelQuirks.InService("models/" + name)!;
            Assert.StartsWith(quirks.Prefix, name, StringComparison.Ordinal);
            Assert.Same(ModelQuirks.For(name), quirks);
            Assert.Null(ModelQuirks.InService(name)); // a resource has its collection's name before it
            Assert.Null(ModelQuirks.InService($"models/{name}-x"));
        }
    }

    // The setup builder and the strict simulator read the same rows: what the one writes for any of them, the other takes.
    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_service_takes_the_setup_that_is_written_for_the_model(string name)
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { Voice = GeminiVoice.Scripted });
        ModelSetup setup = new() { Instruction = "You answer the phone.", Model = name, Tools = [new ToolDeclaration("lookup", "Looks up.", """{"type":"object"}""")] };
        ArrayBufferWriter<byte> message = new();
        SetupWriter.Write(message, setup, new GeminiOptions { ApiKey = "k" }, ModelQuirks.For(name));

        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator, Encoding.UTF8.GetString(message.WrittenSpan));

        Assert.Null((await simulator.ConnectionAsync(0)).Refused);
    }

    public static TheoryData<string> Names => [.. ModelQuirks.NamesInService];
}
