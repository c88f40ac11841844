using System.Buffers;
using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Diagnostics;
using Matrixd.Gemini;
using Matrixd.Models;
using Xunit;

namespace Matrixd.Tests.Diagnostics;

/// <summary>What the daemon really writes to Gemini, held against what the official SDK was seen to write.</summary>
public sealed class OurFramesTests
{
    [Theory]
    [InlineData("gemini-3.1-flash-live-preview")]
    [InlineData("gemini-3.8-live")]
    [InlineData("gemini-3.8-live-extended-thinking")]
    [InlineData("gemini-2.5-flash-native-audio-preview-12-2025")]
    public void Every_difference_from_the_official_SDK_is_known_and_has_its_reason(string model)
    {
        IReadOnlyList<FrameDifference> differences = KnownDifferences.Explain(FrameDiff.Between(Ours(model), FrameFile.ReadSdk()));

        Assert.All(differences, difference => Assert.True(difference.Why is not null, difference.ToString()));
        Assert.Equal( // and what is known is really there: the list does not outlive its reasons
            ["spelling .realtime_input", "spelling .realtime_input.audio.mime_type", "spelling .realtime_input.audio_stream_end"],
            differences.Where(difference => difference.Kind == "spelling").Select(difference => $"{difference.Kind} {difference.Path}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public void A_field_that_nobody_else_sends_would_be_seen()
    {
        using JsonDocument strange = JsonDocument.Parse("""{"setup":{"model":"models/x","toolConfig":{}}}""");

        FrameDifference difference = Assert.Single(
            KnownDifferences.Explain(FrameDiff.Between([new FrameSample(FrameSide.ToGemini, "1", "text", strange.RootElement)], FrameFile.ReadSdk())), difference => difference.Why is null);

        Assert.Equal(("only_in_a", ".setup.toolConfig"), (difference.Kind, difference.Path));
    }

    private static List<FrameSample> Ours(string model)
    {
        ModelQuirks quirks = ModelQuirks.For(model);
        GeminiOptions options = new() { ApiKey = "key" };
        ModelSetup setup = new()
        {
            Instruction = "You answer the phone.",
            Voice = "Kore",
            Language = "en-IN",
            Model = model,
            Tools = [new ToolDeclaration("lookup_order", "Finds an order", """{"type":"object","properties":{"order_id":{"type":"string"}},"required":["order_id"]}""")],
        };
        byte[] audio = new byte[GeminiAudioWriter.Length(640)];
        return
        [
            Sample(output => SetupWriter.Write(output, setup, options, quirks)),
            Sample(output => SetupWriter.Write(output, setup, options, quirks, "handle"), "2"),
            Sample(output => ClientMessages.WriteOpeningText(output, "Greet the caller.")),
            Sample(output => ClientMessages.WriteHistory(output, [new PastTurn(Speaker.Caller, "Hello."), new PastTurn(Speaker.Model, "Namaste.")], "Go on."), "2"),
            Sample(output => output.Write(audio.AsSpan(0, GeminiAudioWriter.Write(new byte[640], audio)))),
            Sample(ClientMessages.WriteAudioStreamEnd),
            Sample(output => ClientMessages.WriteText(output, quirks, "Are you there?"), "1"),
            Sample(output => ClientMessages.WriteToolResponse(output, quirks, "fc-1", "lookup_order", """{"output":{"status":"shipped"}}""")),
        ];
    }

    private static FrameSample Sample(Action<IBufferWriter<byte>> write, string connection = "1")
    {
        ArrayBufferWriter<byte> message = new();
        write(message);
        using JsonDocument document = JsonDocument.Parse(message.WrittenMemory);
        return new FrameSample(FrameSide.ToGemini, connection, "text", document.RootElement.Clone());
    }
}
