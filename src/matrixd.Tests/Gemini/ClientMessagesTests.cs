using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Matrixd.Gemini;
using Matrixd.Models;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Gemini;

public sealed class ClientMessagesTests
{
    private const string Blocking = "gemini-3.1-flash-live-preview";
    private const string NonBlocking = "gemini-3.8-live";

    [Fact]
    public void The_opening_is_client_content_as_the_official_SDK_sends_it()
    {
        string written = Write(output => ClientMessages.WriteOpeningText(output, "hello"));

        Assert.Equal("""{"clientContent":{"turns":[{"role":"user","parts":[{"text":"hello"}]}],"turnComplete":true}}""", written);
        Assert.True(JsonNode.DeepEquals(GeminiFrames.Message("message: clientContent string"), JsonNode.Parse(written)));
    }

    [Theory]
    [InlineData(Blocking, """{"realtime_input":{"text":"say \"hi\""}}""")]
    [InlineData(NonBlocking, """{"realtime_input":{"text":"say \"hi\""}}""")]
    [InlineData("gemini-2.5-flash-native-audio-preview-12-2025", """{"clientContent":{"turns":[{"role":"user","parts":[{"text":"say \"hi\""}]}],"turnComplete":true}}""")]
    public void Text_in_a_call_takes_the_form_of_the_model(string model, string message) =>
        Assert.Equal(message, Write(output => ClientMessages.WriteText(output, ModelQuirks.For(model), "say \"hi\"")));

    [Fact]
    public void The_end_of_the_stream_is_snake_case() =>
        Assert.Equal("""{"realtime_input":{"audio_stream_end":true}}""", Write(ClientMessages.WriteAudioStreamEnd));

    [Theory]
    [InlineData(Blocking, """{"toolResponse":{"functionResponses":[{"id":"1","name":"lookup","response":{"output":{"a":1}}}]}}""")]
    [InlineData(NonBlocking, """{"toolResponse":{"functionResponses":[{"id":"1","name":"lookup","response":{"output":{"a":1}},"scheduling":"WHEN_IDLE"}]}}""")]
    public void An_answer_of_a_tool_is_scheduled_only_where_the_model_did_not_wait(string model, string message) =>
        Assert.Equal(message, Write(output => ClientMessages.WriteToolResponse(output, ModelQuirks.For(model), "1", "lookup", """{"output":{"a":1}}""")));

    [Fact]
    public void An_answer_to_a_call_without_an_id_has_none() =>
        Assert.Equal(
            """{"toolResponse":{"functionResponses":[{"name":"lookup","response":{"error":"gone"}}]}}""",
            Write(output => ClientMessages.WriteToolResponse(output, ModelQuirks.For(Blocking), "", "lookup", """{"error":"gone"}""")));

    [Fact]
    public void An_answer_that_is_not_JSON_is_refused() =>
        Assert.ThrowsAny<JsonException>(() => Write(output => ClientMessages.WriteToolResponse(output, ModelQuirks.For(Blocking), "1", "lookup", "{\"output\":")));

    private static string Write(Action<IBufferWriter<byte>> write)
    {
        var output = new ArrayBufferWriter<byte>();
        write(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
