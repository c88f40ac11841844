using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Matrixd.Calls;
using Matrixd.Gemini;
using Matrixd.Models;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Gemini;

public sealed class SetupWriterTests
{
    private static readonly ModelSetup s_setup = new()
    {
        Instruction = "You answer the phone.",
        Voice = "Kore",
        Language = "en-IN",
        Tools = [new ToolDeclaration("lookup_order", "Finds an order", """{"type":"object","properties":{"order_id":{"type":"string"}},"required":["order_id"]}""")],
    };

    private static readonly GeminiOptions s_options = new() { ApiKey = "key" };

    [Fact]
    public void The_whole_setup_is_written_as_the_service_takes_it()
    {
        Assert.Equal(
            """
            {"setup":{"model":"models/gemini-3.1-flash-live-preview","generationConfig":{"responseModalities":["AUDIO"],"speechConfig":{"voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Kore"}},"languageCode":"en-IN"},"thinkingConfig":{"thinkingLevel":"MINIMAL"}},"systemInstruction":{"parts":[{"text":"You answer the phone."}]},"tools":[{"functionDeclarations":[{"name":"lookup_order","description":"Finds an order","parametersJsonSchema":{"type":"object","properties":{"order_id":{"type":"string"}},"required":["order_id"]}}]}],"realtimeInputConfig":{"automaticActivityDetection":{"startOfSpeechSensitivity":"START_SENSITIVITY_LOW","endOfSpeechSensitivity":"END_SENSITIVITY_LOW","prefixPaddingMs":300,"silenceDurationMs":700},"activityHandling":"START_OF_ACTIVITY_INTERRUPTS"},"sessionResumption":{},"contextWindowCompression":{"slidingWindow":{}},"inputAudioTranscription":{},"outputAudioTranscription":{}}}
            """,
            Write(s_setup));
    }

    [Theory]
    [InlineData("gemini-3.1-flash-live-preview")]
    [InlineData("gemini-3.8-live")]
    [InlineData("gemini-3.8-live-extended-thinking")]
    [InlineData("gemini-2.5-flash-native-audio-preview-12-2025")]
    public void Nothing_is_written_that_the_official_SDK_does_not_write_in_the_same_place(string model)
    {
        var ours = new HashSet<string>();

        using JsonDocument written = JsonDocument.Parse(Write(s_setup with { Model = model }, "handle"));
        GeminiFrames.AddPaths("", written.RootElement, ours);

        Assert.Empty(ours.Except(GeminiFrames.SetupPaths()));
    }

    [Fact]
    public void No_field_is_snake_case()
    {
        var paths = new HashSet<string>();

        using JsonDocument written = JsonDocument.Parse(Write(s_setup, "handle"));
        GeminiFrames.AddPaths("", written.RootElement, paths);

        Assert.DoesNotContain(paths, path => path.Contains('_', StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("gemini-3.1-flash-live-preview", """{"thinkingLevel":"MINIMAL"}""")]
    [InlineData("gemini-3.8-live", null)]
    [InlineData("gemini-3.8-live-extended-thinking", """{"thinkingLevel":"LOW"}""")]
    [InlineData("gemini-2.5-flash-native-audio-preview-12-2025", """{"thinkingBudget":0}""")]
    [InlineData("gemini-9-live", null)]
    public void Each_model_gets_the_thinking_field_it_takes(string model, string? thinking)
    {
        JsonNode setup = Parse(Write(s_setup with { Model = model }));

        Assert.Equal("models/" + model, (string?)setup["model"]);
        Assert.Equal(thinking, setup["generationConfig"]!["thinkingConfig"]?.ToJsonString());
    }

    [Theory]
    [InlineData("gemini-3.1-flash-live-preview", null)]
    [InlineData("gemini-2.5-flash-native-audio-preview-12-2025", null)]
    [InlineData("gemini-3.8-live", "NON_BLOCKING")]
    [InlineData("gemini-3.8-live-extended-thinking", "NON_BLOCKING")]
    public void Behaviour_of_functions_is_said_where_it_is_not_blocking(string model, string? behavior)
    {
        JsonNode setup = Parse(Write(s_setup with { Model = model }));

        Assert.Equal(behavior, (string?)setup["tools"]![0]!["functionDeclarations"]![0]!["behavior"]);
    }

    [Theory]
    [InlineData(null, "{}")]
    [InlineData("", "{}")]
    [InlineData("h-1", """{"handle":"h-1"}""")]
    public void A_handle_is_written_only_where_there_is_one(string? handle, string resumption) =>
        Assert.Equal(resumption, Parse(Write(s_setup, handle))["sessionResumption"]!.ToJsonString());

    [Fact]
    public void What_is_not_set_is_not_written()
    {
        JsonNode setup = Parse(Write(new ModelSetup { Instruction = "" }));

        Assert.Null(setup["systemInstruction"]);
        Assert.Null(setup["tools"]);
        Assert.Null(setup["toolConfig"]);
        Assert.Null(setup["generationConfig"]!["speechConfig"]);
    }

    [Fact]
    public void A_tool_without_arguments_declares_no_parameters()
    {
        JsonNode setup = Parse(Write(s_setup with { Tools = [new ToolDeclaration("hang_up", "Ends the call", "")] }));

        Assert.Equal("""{"name":"hang_up","description":"Ends the call"}""", setup["tools"]![0]!["functionDeclarations"]![0]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"type":"object","required":[]}""", """{"type":"object"}""")]
    [InlineData("""{"properties":{"a":{"type":"object","required":[]}}}""", """{"properties":{"a":{"type":"object"}}}""")]
    [InlineData("""{"anyOf":[{"required":[]},{"required":["a"]}]}""", """{"anyOf":[{},{"required":["a"]}]}""")]
    [InlineData("""{"properties":{"required":{"type":"object","required":[]},"default":{"required":[]}}}""", """{"properties":{"required":{"type":"object"},"default":{}}}""")]
    [InlineData("""{"default":{"required":[]},"enum":[{"required":[]}]}""", """{"default":{"required":[]},"enum":[{"required":[]}]}""")]
    public void An_empty_list_of_required_names_is_left_out(string schema, string written)
    {
        JsonNode setup = Parse(Write(s_setup with { Tools = [new ToolDeclaration("t", "d", schema)] }));

        Assert.Equal(written, setup["tools"]![0]!["functionDeclarations"]![0]!["parametersJsonSchema"]!.ToJsonString());
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{")]
    public void Parameters_that_are_no_object_are_refused(string schema) =>
        Assert.ThrowsAny<JsonException>(() => Write(s_setup with { Tools = [new ToolDeclaration("t", "d", schema)] }));

    [Fact]
    public void Indian_scripts_go_out_as_they_are()
    {
        const string Prompt = "नमस्ते, \"आप\" कैसे हैं?\n";

        string written = Write(s_setup with { Instruction = Prompt });

        Assert.Contains("नमस्ते", written);
        Assert.Equal(Prompt, (string?)Parse(written)["systemInstruction"]!["parts"]![0]!["text"]);
    }

    [Fact]
    public void A_name_with_its_collection_is_not_prefixed_again() =>
        Assert.Equal("models/gemini-3.8-live", (string?)Parse(Write(s_setup with { Model = "models/gemini-3.8-live" }))["model"]);

    private static string Write(ModelSetup setup, string? handle = null)
    {
        var output = new ArrayBufferWriter<byte>();
        SetupWriter.Write(output, setup, s_options, ModelQuirks.For(SetupWriter.ModelName(setup, s_options)), handle);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static JsonNode Parse(string written) => JsonNode.Parse(written)!["setup"]!;
}
