using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Simulation;

/// <summary>Each rule of the Live API, broken once: the close that comes, to the letter. U9, U10, U11.</summary>
public sealed class GeminiStrictnessTests
{
    private const string Invalid = "Request contains an invalid argument.";
    private const string NoVad =
        """{"setup":{"model":"models/gemini-3.1-flash-live-preview","realtimeInputConfig":{"automaticActivityDetection":{"disabled":true}}}}""";

    // Google's text is 133 bytes; a close frame has room for 123.
    private static readonly string s_lie = GeminiRefusal.CatchAllText[..123];

    public static TheoryData<string, string, int, string> BadSetups => new()
    {
        { "text, no JSON", "hello", 1007, Invalid },
        { "audio before setup", SimulationGeminiClient.Audio(new short[320]), 1007, Invalid },
        { "unknown first message", """{"hello":1}""", 1007, """Invalid JSON payload received. Unknown name "hello": Cannot find field.""" },
        { "snake_case in the setup", """{"setup":{"model":"models/gemini-3.1-flash-live-preview","generation_config":{}}}""", 1007,
            """Invalid JSON payload received. Unknown name "generation_config" at 'setup': Cannot find field.""" },
        { "unknown field, deep", """{"setup":{"model":"models/gemini-3.1-flash-live-preview","generationConfig":{"speechConfig":{"voice":"Kore"}}}}""", 1007,
            """Invalid JSON payload received. Unknown name "voice" at 'setup.generation_config.speech_config': Cannot find field.""" },
        { "toolConfig", """{"setup":{"model":"models/gemini-3.1-flash-live-preview","toolConfig":{}}}""", 1007,
            """Invalid JSON payload received. Unknown name "toolConfig" at 'setup': Cannot find field.""" },
        { "text from an audio model", """{"setup":{"model":"models/gemini-3.1-flash-live-preview","generationConfig":{"responseModalities":["TEXT"]}}}""", 1007, Invalid },
        { "modality in lower case", """{"setup":{"model":"models/gemini-3.1-flash-live-preview","generationConfig":{"responseModalities":["audio"]}}}""", 1007,
            """Invalid value at 'setup.generation_config.response_modalities[0]', "audio" """.TrimEnd() },
        { "null handle", """{"setup":{"model":"models/gemini-3.1-flash-live-preview","sessionResumption":{"handle":null}}}""", 1007, Invalid },
        { "handle that nobody gave", """{"setup":{"model":"models/gemini-3.1-flash-live-preview","sessionResumption":{"handle":"session-9.1"}}}""", 1007, Invalid },
        { "thinking on 3.8", """{"setup":{"model":"models/gemini-3.8-live","generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}}}}""", 1007, Invalid },
        { "a thinking level on 2.5", """{"setup":{"model":"models/gemini-2.5-flash-native-audio-preview-12-2025","generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}}}}""", 1007, Invalid },
        { "a thinking level that none is", """{"setup":{"model":"models/gemini-3.1-flash-live-preview","generationConfig":{"thinkingConfig":{"thinkingLevel":"MUCH"}}}}""", 1007, Invalid },
        { "minimal on extended thinking", """{"setup":{"model":"models/gemini-3.8-live-extended-thinking","generationConfig":{"thinkingConfig":{"thinkingLevel":"MINIMAL"}}}}""", 1007, Invalid },
        { "blocking tools on extended thinking", """{"setup":{"model":"models/gemini-3.8-live-extended-thinking","generationConfig":{"thinkingConfig":{"thinkingLevel":"LOW"}},"tools":[{"functionDeclarations":[{"name":"f","behavior":"BLOCKING"}]}]}}""", 1007, Invalid },
        { "no thinking on extended thinking", """{"setup":{"model":"models/gemini-3.8-live-extended-thinking"}}""", 1007, Invalid },
        { "empty required", """{"setup":{"model":"models/gemini-3.8-live","tools":[{"functionDeclarations":[{"name":"f","parameters":{"type":"OBJECT","required":[]}}]}]}}""", 1007, Invalid },
    };

    public static TheoryData<string, string, string, int, string> BadMessages => new()
    {
        { "camelCase audio", SimulationGeminiClient.Setup, """{"realtimeInput":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}}}""", 1008, s_lie },
        { "camelCase inside", SimulationGeminiClient.Setup, """{"realtime_input":{"audio":{"mimeType":"audio/pcm;rate=16000","data":"AAAA"}}}""", 1008, s_lie },
        { "mediaChunks", SimulationGeminiClient.Setup, """{"realtime_input":{"media_chunks":[{"mime_type":"audio/pcm;rate=16000","data":"AAAA"}]}}""", 1008, s_lie },
        { "a second setup", SimulationGeminiClient.Setup, SimulationGeminiClient.Setup, 1007, Invalid },
        { "no base64", SimulationGeminiClient.Setup, """{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000","data":"A*=="}}}""", 1007, Invalid },
        { "half a sample", SimulationGeminiClient.Setup, """{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000","data":"AAAA"}}}""", 1007, Invalid },
        { "a rate nobody hears", SimulationGeminiClient.Setup, """{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=44100","data":"AAA="}}}""", 1007, Invalid },
        { "no mime type", SimulationGeminiClient.Setup, """{"realtime_input":{"audio":{"data":"AAA="}}}""", 1007, Invalid },
        { "unknown input", SimulationGeminiClient.Setup, """{"realtime_input":{"audio_end":true}}""", 1007,
            """Invalid JSON payload received. Unknown name "audio_end" at 'realtime_input': Cannot find field.""" },
        { "own marks under automatic detection", SimulationGeminiClient.Setup, """{"realtime_input":{"activity_start":{}}}""", 1007, Invalid },
        { "snake_case content", SimulationGeminiClient.Setup, """{"client_content":{"turn_complete":true}}""", 1007,
            """Invalid JSON payload received. Unknown name "client_content": Cannot find field.""" },
        { "a tool answer without response", SimulationGeminiClient.Setup, """{"toolResponse":{"functionResponses":[{"id":"1","name":"f"}]}}""", 1007, Invalid },
        { "no object", SimulationGeminiClient.Setup, "[1]", 1007, Invalid },
    };

    [Theory]
    [MemberData(nameof(BadSetups))]
    public async Task A_bad_setup_is_closed_as_Google_does(string what, string setup, int code, string reason)
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions());
        using SimulationGeminiClient client = await SimulationGeminiClient.ConnectAsync(simulator);
        await client.SendAsync(setup);
        (int gotCode, string gotReason) = await client.CloseAsync();
        Assert.Equal((what, code, reason), (what, gotCode, gotReason));
    }

    [Theory]
    [MemberData(nameof(BadMessages))]
    public async Task A_bad_message_is_closed_as_Google_does(string what, string setup, string message, int code, string reason)
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions());
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator, setup);
        await client.SendAsync(message);
        (int gotCode, string gotReason) = await client.CloseAsync();
        Assert.Equal((what, code, reason), (what, gotCode, gotReason));
    }

    [Fact]
    public async Task What_is_right_is_taken()
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { Voice = GeminiVoice.Scripted });
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator, NoVad);
        await client.SendAsync("""{"clientContent":{"turns":[{"role":"user","parts":[{"text":"hello"}]}],"turnComplete":true}}""");
        await client.SendAsync("""{"realtime_input":{"activity_start":{}}}""");
        await client.SendAsync(SimulationGeminiClient.Audio([1, -2, 3]));
        await client.SendAsync(SimulationGeminiClient.Audio([4, 5], rate: 8000));
        await client.SendAsync("""{"realtime_input":{"audio":{"data":"BgA=","mime_type":"audio/pcm"}}}""");
        await client.SendAsync("""{"realtime_input":{"text":"more"}}""");
        await client.SendAsync("""{"realtime_input":{"activity_end":{}}}""");
        await client.SendAsync("""{"realtime_input":{"audio_stream_end":true}}""");
        await client.SendAsync("""{"toolResponse":{"functionResponses":[{"id":"1","name":"f","response":{"output":1},"scheduling":"WHEN_IDLE"}]}}""");
        GeminiConnection connection = simulator.Connections[0];
        await connection.Ledger.ReceivedAsync("toolResponse");
        Assert.Equal(
            ["setup", "clientContent", "realtime_input.activity_start", "realtime_input.audio", "realtime_input.audio", "realtime_input.audio",
                "realtime_input.text", "realtime_input.activity_end", "realtime_input.audio_stream_end", "toolResponse"],
            connection.Ledger.Received.Select(r => r.Kind));
        short[] heard = connection.Ledger.CallerPcm;
        Assert.Equal([1, -2, 3], heard[..3]);
        Assert.Equal(6, heard[^1]);
        Assert.Equal(3 + 4 + 1, heard.Length); // two samples at 8 kHz are four at 16
        Assert.Null(connection.Refused);
    }

    [Fact]
    public async Task Content_after_audio_is_refused_by_the_model_that_does_and_taken_by_the_one_that_does_not()
    {
        const string Content = """{"clientContent":{"turns":[{"role":"user","parts":[{"text":"x"}]}],"turnComplete":false}}""";
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions());
        using SimulationGeminiClient strict = await SimulationGeminiClient.ReadyAsync(simulator);
        await strict.SendAsync(SimulationGeminiClient.Audio(new short[320]));
        await strict.SendAsync(Content);
        Assert.Equal((1007, Invalid), await strict.CloseAsync());

        using SimulationGeminiClient easy = await SimulationGeminiClient.ReadyAsync(simulator, """{"setup":{"model":"models/gemini-3.8-live"}}""");
        await easy.SendAsync(SimulationGeminiClient.Audio(new short[320]));
        await easy.SendAsync(Content);
        await easy.HangUpAsync();
        Assert.Null(simulator.Connections[1].Refused);
    }

    [Fact]
    public async Task A_message_before_setupComplete_is_refused()
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { Faults = [FaultSpec.Parse("late@setup:30")] });
        using SimulationGeminiClient client = await SimulationGeminiClient.ConnectAsync(simulator);
        await client.SendAsync(SimulationGeminiClient.Setup);
        await client.SendAsync(SimulationGeminiClient.Audio(new short[320]));
        Assert.Equal((1007, Invalid), await client.CloseAsync());
        Assert.DoesNotContain("setupComplete", simulator.Connections[0].Ledger.Sent);
    }
}
