using System.Text.Json;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Timing;
using Xunit;

namespace Matrixd.Tests.Simulation;

/// <summary>What the official JavaScript SDK was captured sending is taken with <c>--accept sdk</c>, and its camelCase audio refused without.</summary>
public sealed class GeminiSdkFramesTests
{
    private const string NoVad = """{"setup":{"model":"models/gemini-3.8-live","realtimeInputConfig":{"automaticActivityDetection":{"disabled":true}}}}""";

    // Captured 2026, @google/genai 2.32.0 and 3.1.0 on loopback.
    private static readonly Lazy<List<JsonElement>> s_frames = new(() =>
        [.. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Testdata", "genai", "genai-sdk-frames.jsonl")).Select(l => JsonDocument.Parse(l).RootElement)]);

    [Fact]
    public async Task Every_setup_is_taken()
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { AcceptSdk = true });
        List<string> setups = Messages("setup");
        Assert.True(setups.Count >= 10);
        foreach (string setup in setups)
        {
            if (setup.Contains("\"handle\"", StringComparison.Ordinal))
            {
                continue; // of a session that Google had; a handle of one's own is tested elsewhere
            }

            using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator, setup);
        }
    }

    [Fact]
    public async Task Every_message_is_taken()
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { AcceptSdk = true, Voice = GeminiVoice.Scripted });
        List<string> messages = [.. Messages("realtimeInput"), .. Messages("clientContent"), .. Messages("toolResponse")];
        Assert.True(messages.Count >= 15);
        foreach (string message in messages)
        {
            using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator, NoVad);
            await client.SendAsync(message);
            await client.HangUpAsync();
            GeminiConnection connection = simulator.Connections[^1];
            Assert.True(connection.Refused is null, $"{message}: {connection.Refused}");
            Assert.Equal(2, connection.Ledger.Received.Count);
        }
    }

    [Fact]
    public async Task Audio_of_theirs_is_heard_with_the_flag_and_refused_with_the_lie_without()
    {
        string audio = Messages("realtimeInput").First(m => m.Contains("rate=16000", StringComparison.Ordinal) && m.Contains("\"audio\"", StringComparison.Ordinal));
        await using GeminiSimulator easy = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { AcceptSdk = true, Voice = GeminiVoice.Scripted });
        using SimulationGeminiClient heard = await SimulationGeminiClient.ReadyAsync(easy);
        await heard.SendAsync(audio);
        await heard.HangUpAsync();
        byte[] sent = JsonDocument.Parse(audio).RootElement.GetProperty("realtimeInput").GetProperty("audio").GetProperty("data").GetBytesFromBase64();
        Assert.Equal(sent, System.Runtime.InteropServices.MemoryMarshal.AsBytes<short>(easy.Connections[0].Ledger.CallerPcm).ToArray());

        await using GeminiSimulator strict = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions());
        using SimulationGeminiClient refused = await SimulationGeminiClient.ReadyAsync(strict);
        await refused.SendAsync(audio);
        Assert.Equal((1008, GeminiRefusal.CatchAllText[..123]), await refused.CloseAsync());
    }

    [Fact]
    public async Task Every_token_request_is_answered()
    {
        VirtualTime clock = new();
        clock.JumpWallClock(DateTimeOffset.Parse("2026-12-01T09:30:00Z", System.Globalization.CultureInfo.InvariantCulture) - clock.GetUtcNow());
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions { Wheel = new TimerWheel(clock) });
        int minted = 0;
        foreach (JsonElement frame in s_frames.Value.Where(f => Text(f, "kind") == "http" && Text(f, "method") == "POST"))
        {
            (int status, JsonElement json, _) = await SimulationGeminiClient.RestAsync(simulator, HttpMethod.Post, Text(frame, "path"), Text(frame, "body"));
            Assert.True(status == 200, $"{Text(frame, "scenario")}: {json}");
            minted++;
        }

        Assert.True(minted >= 10);
        Assert.Equal(minted, simulator.Tokens.Minted.Count);
    }

    [Fact]
    public void Every_address_is_known()
    {
        List<string> paths = [.. s_frames.Value.Where(f => Text(f, "kind") == "ws-upgrade").Select(f => Text(f, "path").Split('?')[0]).Where(p => !p.StartsWith("/prefix", StringComparison.Ordinal)).Distinct()];
        Assert.True(paths.Count >= 4);
        Assert.All(paths, p => Assert.True(GeminiDoor.IsPath(p), p));
        Assert.False(GeminiDoor.IsPath("/ws/google.ai.generativelanguage.v2.GenerativeService.BidiGenerateContent"));
        Assert.False(GeminiDoor.IsPath("/ws/google.ai.generativelanguage.v1.GenerativeService.BidiGenerateMusic"));
    }

    private static List<string> Messages(string kind) =>
        [.. s_frames.Value.Where(f => f.TryGetProperty("json", out JsonElement json) && json.ValueKind == JsonValueKind.Object && json.TryGetProperty(kind, out _))
            .Select(f => f.GetProperty("json").GetRawText()).Distinct()];

    private static string Text(JsonElement frame, string name) => frame.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";
}
