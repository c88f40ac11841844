using System.Runtime.InteropServices;
using System.Text.Json;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Timing;
using Xunit;

namespace Matrixd.Tests.Simulation;

/// <summary>What the simulated model says, and in which order, on a clock that stands still. U21.</summary>
public sealed class GeminiTurnTests
{
    private readonly VirtualTime _clock = new();
    private readonly TimerWheel _wheel;

    public GeminiTurnTests() => _wheel = new TimerWheel(_clock);

    private static string AllFeatures => """
        {"setup":{"model":"models/gemini-3.1-flash-live-preview","inputAudioTranscription":{},"outputAudioTranscription":{},"sessionResumption":{}}}
        """;

    [Fact]
    public async Task Messages_are_binary_and_pretty()
    {
        await using GeminiSimulator simulator = await StartAsync(new GeminiSimulatorOptions());
        using SimulationGeminiClient client = await SimulationGeminiClient.ConnectAsync(simulator);
        await client.SendAsync(SimulationGeminiClient.Setup);
        Assert.Equal((System.Net.WebSockets.WebSocketMessageType.Binary, "{\n  \"setupComplete\": {}\n}"), await client.NextAsync());
    }

    [Fact]
    public async Task A_turn_comes_faster_than_it_plays_and_ends_when_it_has_played()
    {
        await using GeminiSimulator simulator = await StartAsync(new GeminiSimulatorOptions { Voice = GeminiVoice.Scripted, SpeedFactor = 4 });
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator, AllFeatures);
        GeminiConnection connection = simulator.Connections[0];
        short[] voice = [.. Enumerable.Range(0, 24000).Select(i => (short)i)]; // one second
        Task<bool> said = connection.SayAsync(voice, "one two three four five six seven eight nine ten");
        Assert.Equal(1, Messages(connection, "serverContent.modelTurn"));
        Move(150); // 600 ms of audio at four times the speed
        Assert.InRange(Messages(connection, "serverContent.modelTurn"), 4, 6);
        Assert.DoesNotContain("serverContent.generationComplete", connection.Ledger.Sent);
        Move(100);
        Assert.Equal(1, Messages(connection, "serverContent.generationComplete"));
        Assert.Equal(0, Messages(connection, "serverContent.turnComplete"));
        Move(740);
        Assert.Equal(0, Messages(connection, "serverContent.turnComplete"));
        Move(15);
        Assert.True(await said.WaitAsync(Watcher.DefaultLimit));
        Assert.Equal(voice, connection.Ledger.SaidPcm);

        (List<short[]> audio, string transcript, JsonElement end) = await ReadTurnAsync(client);
        Assert.Equal(voice, audio.SelectMany(a => a));
        Assert.All(audio.SkipLast(1), a => Assert.InRange(a.Length, 2352, 4584)); // 98 to 191 ms
        Assert.All(audio.SkipLast(1), a => Assert.NotEqual(0, a.Length % 480)); // none a multiple of 20 ms
        Assert.Equal("one two three four five six seven eight nine ten", transcript);
        Assert.Equal(25, end.GetProperty("usageMetadata").GetProperty("responseTokenCount").GetInt32());
        Assert.Equal(["serverContent.generationComplete", "serverContent.turnComplete", "sessionResumptionUpdate"], connection.Ledger.Sent.TakeLast(3));
    }

    [Fact]
    public async Task Talking_over_the_model_stops_it()
    {
        await using GeminiSimulator simulator = await StartAsync(new GeminiSimulatorOptions { Voice = GeminiVoice.File, VoicePcm = new short[48000] });
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator);
        GeminiConnection connection = simulator.Connections[0];
        await client.SendAsync("""{"clientContent":{"turns":[{"role":"user","parts":[{"text":"Say: \"hello\""}]}],"turnComplete":true}}""");
        await client.ReceiveAsync("modelTurn");
        Move(100);
        await client.SendAsync(SimulationGeminiClient.Audio(Tone(0.05)));
        await client.SendAsync(SimulationGeminiClient.Audio(new short[320]));
        await connection.Ledger.ReceivedAsync("realtime_input.audio", 2);
        Assert.DoesNotContain("serverContent.interrupted", connection.Ledger.Sent); // 50 ms is a click
        await client.SendAsync(SimulationGeminiClient.Audio(Tone(0.1)));
        await client.ReceiveAsync("interrupted");
        Assert.True((await client.ReceiveAsync("turnComplete")).GetProperty("serverContent").GetProperty("turnComplete").GetBoolean());
        Move(3000);
        Assert.Equal(["serverContent.interrupted", "serverContent.turnComplete"], connection.Ledger.Sent.TakeLast(2));
        Assert.DoesNotContain("serverContent.generationComplete", connection.Ledger.Sent);
    }

    [Fact]
    public async Task The_parrot_says_what_it_heard()
    {
        await using GeminiSimulator simulator = await StartAsync(new GeminiSimulatorOptions { SpeedFactor = 0 });
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator, AllFeatures);
        await client.SendAsync(SimulationGeminiClient.Audio(Tone(0.5)));
        await client.SendAsync(SimulationGeminiClient.Audio(new short[16000 * 69 / 100]));
        GeminiConnection connection = simulator.Connections[0];
        await connection.Ledger.ReceivedAsync("realtime_input.audio", 2);
        Assert.DoesNotContain("serverContent.modelTurn", connection.Ledger.Sent); // 690 ms: the caller may go on
        await client.SendAsync(SimulationGeminiClient.Audio(new short[320]));
        string heard = (await client.ReceiveAsync("inputTranscription")).GetProperty("serverContent").GetProperty("inputTranscription").GetProperty("text").GetString()!;
        Assert.Equal("(caller speech, 0.7 s)", heard);
        (List<short[]> audio, _, _) = await ReadTurnAsync(client);
        short[] parrot = [.. audio.SelectMany(a => a)];
        Assert.InRange(parrot.Length, 24000 * 0.6, 24000 * 0.75);
        Assert.InRange(Crossings(parrot), 480, 520); // half a second of 500 Hz, on 24 kHz as on 16
    }

    [Fact]
    public async Task The_end_of_the_stream_ends_the_callers_turn()
    {
        await using GeminiSimulator simulator = await StartAsync(new GeminiSimulatorOptions { SpeedFactor = 0 });
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator);
        await client.SendAsync(SimulationGeminiClient.Audio(Tone(0.3)));
        await client.SendAsync("""{"realtime_input":{"audio_stream_end":true}}""");
        await client.ReceiveAsync("turnComplete");
    }

    [Fact]
    public async Task Own_marks_make_the_turn_where_detection_is_off()
    {
        await using GeminiSimulator simulator = await StartAsync(new GeminiSimulatorOptions { SpeedFactor = 0 });
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(
            simulator, """{"setup":{"model":"models/gemini-3.8-live","realtimeInputConfig":{"automaticActivityDetection":{"disabled":true}}}}""");
        await client.SendAsync("""{"realtime_input":{"activity_start":{}}}""");
        await client.SendAsync(SimulationGeminiClient.Audio(new short[3200])); // silence, but the client says it is speech
        await client.SendAsync("""{"realtime_input":{"activity_end":{}}}""");
        (List<short[]> audio, _, _) = await ReadTurnAsync(client);
        Assert.Equal(4800, audio.Sum(a => a.Length));
    }

    [Fact]
    public async Task A_tool_is_called_once_and_its_answer_awaited()
    {
        await using GeminiSimulator simulator = await StartAsync(new GeminiSimulatorOptions { SpeedFactor = 0, ToolCalls = [new("lookup_order", """{"order_id":"471"}""")] });
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator);
        GeminiConnection connection = simulator.Connections[0];
        await SpeakAsync(client);
        JsonElement call = (await client.ReceiveAsync("toolCall")).GetProperty("toolCall").GetProperty("functionCalls")[0];
        Assert.Equal(("lookup_order", "471"), (call.GetProperty("name").GetString(), call.GetProperty("args").GetProperty("order_id").GetString()));
        await client.SendAsync("""{"toolResponse":{"functionResponses":[{"id":"of-nobody","name":"lookup_order","response":{}}]}}""");
        await connection.Ledger.ReceivedAsync("toolResponse");
        Assert.DoesNotContain("serverContent.modelTurn", connection.Ledger.Sent);
        await client.SendAsync($$$"""{"toolResponse":{"functionResponses":[{"id":"{{{call.GetProperty("id").GetString()}}}","name":"lookup_order","response":{"output":"sent"}}]}}""");
        await ReadTurnAsync(client);
        await SpeakAsync(client);
        await ReadTurnAsync(client);
        Assert.Equal(1, Messages(connection, "toolCall"));
    }

    [Fact]
    public async Task Audio_during_a_blocking_tool_call_is_refused_where_that_is_asked_for()
    {
        GeminiSimulatorOptions options = new() { SpeedFactor = 0, StrictTools = true, ToolCalls = [new("f", "{}")] };
        await using GeminiSimulator simulator = await StartAsync(options);
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator);
        await SpeakAsync(client);
        await client.ReceiveAsync("toolCall");
        await client.SendAsync(SimulationGeminiClient.Audio(new short[320]));
        Assert.Equal((1008, "Operation is not implemented, or supported, or enabled."), await client.CloseAsync());

        using SimulationGeminiClient easy = await SimulationGeminiClient.ReadyAsync(simulator, """{"setup":{"model":"models/gemini-3.8-live"}}""");
        await SpeakAsync(easy);
        await easy.ReceiveAsync("toolCall");
        await easy.SendAsync(SimulationGeminiClient.Audio(new short[320]));
        await easy.HangUpAsync();
        Assert.Null(simulator.Connections[1].Refused);
    }

    [Fact]
    public async Task Extended_thinking_ends_its_turns_idle()
    {
        await using GeminiSimulator simulator = await StartAsync(new GeminiSimulatorOptions { Voice = GeminiVoice.Scripted, SpeedFactor = 0 });
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(
            simulator, """{"setup":{"model":"models/gemini-3.8-live-extended-thinking","generationConfig":{"thinkingConfig":{"thinkingLevel":"low"}}}}""");
        Assert.True(await simulator.Connections[0].SayAsync(new short[100]).WaitAsync(Watcher.DefaultLimit));
        JsonElement end = await client.ReceiveAsync("interactionStatus");
        Assert.Equal("IDLE", end.GetProperty("serverContent").GetProperty("interactionStatus").GetString());
        Assert.DoesNotContain("serverContent.turnComplete", simulator.Connections[0].Ledger.Sent);
    }

    [Fact]
    public async Task A_greeting_is_spoken()
    {
        await using GeminiSimulator simulator = await StartAsync(new GeminiSimulatorOptions { SpeedFactor = 0 });
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator, AllFeatures);
        await client.SendAsync("""{"clientContent":{"turns":[{"role":"user","parts":[{"text":"Greet the caller with: \"Namaste, how may I help?\""}]}],"turnComplete":true}}""");
        (List<short[]> audio, string transcript, _) = await ReadTurnAsync(client);
        Assert.True(audio.Sum(a => a.Length) > 12000);
        Assert.Contains(audio.SelectMany(a => a), s => Math.Abs((int)s) > 2000);
        Assert.Equal("Namaste, how may I help?", transcript);
    }

    private static async Task SpeakAsync(SimulationGeminiClient client)
    {
        await client.SendAsync(SimulationGeminiClient.Audio(Tone(0.3)));
        await client.SendAsync(SimulationGeminiClient.Audio(new short[16000]));
    }

    private static async Task<(List<short[]> Audio, string Transcript, JsonElement End)> ReadTurnAsync(SimulationGeminiClient client)
    {
        List<short[]> audio = [];
        string transcript = "";
        while (await client.NextAsync() is { } message)
        {
            using JsonDocument json = JsonDocument.Parse(message.Text);
            if (!json.RootElement.TryGetProperty("serverContent", out JsonElement content))
            {
                continue;
            }

            if (content.TryGetProperty("modelTurn", out JsonElement turn))
            {
                byte[] bytes = turn.GetProperty("parts")[0].GetProperty("inlineData").GetProperty("data").GetBytesFromBase64();
                audio.Add(MemoryMarshal.Cast<byte, short>(bytes).ToArray());
            }

            if (content.TryGetProperty("outputTranscription", out JsonElement words))
            {
                transcript += words.GetProperty("text").GetString();
            }

            if (content.TryGetProperty("turnComplete", out _))
            {
                return (audio, transcript, json.RootElement.Clone());
            }
        }

        throw new InvalidOperationException("closed inside a turn");
    }

    private static short[] Tone(double seconds) =>
        [.. Enumerable.Range(0, (int)(16000 * seconds)).Select(i => (short)(8000 * Math.Sin(2 * Math.PI * 500 * i / 16000)))];

    private static int Crossings(short[] pcm) => Enumerable.Range(1, pcm.Length - 1).Count(i => (pcm[i - 1] < 0) != (pcm[i] < 0) && (Math.Abs((int)pcm[i - 1]) > 50 || Math.Abs((int)pcm[i]) > 50));

    private static int Messages(GeminiConnection connection, string kind) => connection.Ledger.Sent.Count(s => s == kind);

    private Task<GeminiSimulator> StartAsync(GeminiSimulatorOptions options) => GeminiSimulator.StartAsync(options with { Wheel = _wheel });

    private void Move(int milliseconds)
    {
        for (int i = 0; i < milliseconds; i += 5)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(Math.Min(5, milliseconds - i)));
            _wheel.Advance();
        }
    }
}
