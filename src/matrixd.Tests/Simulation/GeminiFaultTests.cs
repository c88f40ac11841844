using System.Net.WebSockets;
using System.Text.Json;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Timing;
using Xunit;

namespace Matrixd.Tests.Simulation;

/// <summary>Each injected fault as a client sees it. U1 to U13, U19.</summary>
public sealed class GeminiFaultTests
{
    private const string Resumable = """{"setup":{"model":"models/gemini-3.8-live","sessionResumption":{}}}""";

    private readonly VirtualTime _clock = new();
    private readonly TimerWheel _wheel;

    public GeminiFaultTests() => _wheel = new TimerWheel(_clock);

    [Theory]
    [InlineData("close=1011,Internal error encountered.@ready:2", FaultKind.Close, FaultStage.Ready, 2, 1011, "Internal error encountered.", 0)]
    [InlineData("close=1008,a,b@setup", FaultKind.Close, FaultStage.Setup, 0, 1008, "a,b", 0)]
    [InlineData("goaway@turn:1.5", FaultKind.GoAway, FaultStage.Turn, 1.5, 0, "", 50)]
    [InlineData("goaway=5@ready", FaultKind.GoAway, FaultStage.Ready, 0, 0, "", 5)]
    [InlineData("status=503,30@upgrade", FaultKind.Status, FaultStage.Upgrade, 0, 503, "", 30)]
    [InlineData("late@setup:9", FaultKind.Late, FaultStage.Setup, 9, 0, "", 0)]
    [InlineData("drop@audio", FaultKind.Drop, FaultStage.Audio, 0, 0, "", 0)]
    internal void A_fault_is_read(string text, FaultKind kind, FaultStage stage, double delay, int code, string reason, int notice)
    {
        FaultSpec fault = FaultSpec.Parse(text);
        Assert.Equal(new FaultSpec(kind, stage, TimeSpan.FromSeconds(delay), code, reason, TimeSpan.FromSeconds(notice)), fault);
        Assert.Equal(3, FaultSpec.Parse(text + "*3").Times);
    }

    [Theory]
    [InlineData("drop")]
    [InlineData("drop@nowhere")]
    [InlineData("drop@1")]
    [InlineData("explode@turn")]
    [InlineData("close=99,x@turn")]
    [InlineData("close@turn")]
    [InlineData("drop=1@turn")]
    [InlineData("drop@turn:-1")]
    [InlineData("drop@turn:soon")]
    [InlineData("drop@turn*0")]
    [InlineData("status=503@turn")]
    [InlineData("late@turn:3")]
    [InlineData("goaway@mint")]
    [InlineData("empty@setup")]
    [InlineData("halt@models")]
    public void A_fault_that_cannot_be_is_a_usage_error(string text) =>
        Assert.Contains(text, Assert.Throws<CommandUsageException>(() => FaultSpec.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task A_drop_ends_without_a_close_frame_and_a_resumed_session_is_not_struck_again()
    {
        await using GeminiSimulator simulator = await StartAsync("drop@turn");
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator, Resumable);
        JsonElement update = await client.ReceiveAsync("sessionResumptionUpdate");
        string handle = update.GetProperty("sessionResumptionUpdate").GetProperty("newHandle").GetString()!;
        _ = simulator.Connections[0].SayAsync(new short[24000]);
        await Assert.ThrowsAnyAsync<WebSocketException>(client.CloseAsync);
        await simulator.Connections[0].Closed.WaitAsync(Watcher.DefaultLimit);

        using SimulationGeminiClient again = await SimulationGeminiClient.ReadyAsync(
            simulator, $$$$"""{"setup":{"model":"models/gemini-3.8-live","sessionResumption":{"handle":"{{{{handle}}}}"}}}""");
        Task<bool> said = simulator.Connections[1].SayAsync(new short[2400]);
        await again.ReceiveAsync("modelTurn");
        Move(200);
        Assert.True(await said.WaitAsync(Watcher.DefaultLimit));
    }

    [Fact]
    public async Task A_close_comes_with_code_and_text_after_its_delay()
    {
        await using GeminiSimulator simulator = await StartAsync("close=1011,Deadline expired@ready:5");
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator);
        Move(4990);
        Assert.Null(simulator.Connections[0].Refused);
        Move(20);
        Assert.Equal((1011, "Deadline expired"), await client.CloseAsync());
    }

    [Fact]
    public async Task Go_away_is_followed_by_the_end()
    {
        await using GeminiSimulator simulator = await StartAsync("goaway=5@ready");
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator);
        Assert.Equal("5s", (await client.ReceiveAsync("goAway")).GetProperty("goAway").GetProperty("timeLeft").GetString());
        Move(5010);
        Assert.Equal(1011, (await client.CloseAsync()).Code);
    }

    [Fact]
    public async Task A_connection_lives_ten_minutes_and_says_so_fifty_seconds_before()
    {
        await using GeminiSimulator simulator = await StartAsync();
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator);
        Move(549_000);
        Assert.DoesNotContain("goAway", simulator.Connections[0].Ledger.Sent);
        Move(1_100);
        Assert.Equal("50s", (await client.ReceiveAsync("goAway")).GetProperty("goAway").GetProperty("timeLeft").GetString());
        Move(50_000);
        Assert.Equal((1011, "Deadline expired before operation could complete."), await client.CloseAsync());
    }

    [Fact]
    public async Task A_late_setup_is_late()
    {
        await using GeminiSimulator simulator = await StartAsync("late@setup:9");
        using SimulationGeminiClient client = await SimulationGeminiClient.ConnectAsync(simulator);
        await client.SendAsync(SimulationGeminiClient.Setup);
        await simulator.Connections[0].Ledger.ReceivedAsync("setup");
        Move(8990);
        Assert.Empty(simulator.Connections[0].Ledger.Sent);
        Move(20);
        await client.ReceiveAsync("setupComplete");
    }

    [Fact]
    public async Task A_stalled_model_says_nothing_more_but_reads()
    {
        await using GeminiSimulator simulator = await StartAsync("stall@audio");
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator);
        GeminiConnection connection = simulator.Connections[0];
        await client.SendAsync(SimulationGeminiClient.Audio(new short[320]));
        await connection.Ledger.ReceivedAsync("realtime_input.audio");
        Assert.True(connection.SendRaw("{}"));
        await client.SendAsync(SimulationGeminiClient.Audio(new short[320]));
        await connection.Ledger.ReceivedAsync("realtime_input.audio", 2);
        Assert.Equal(["setupComplete"], connection.Ledger.Sent);
        Assert.False(connection.Closed.IsCompleted);
    }

    [Fact]
    public async Task Silence_and_slowness_are_heard()
    {
        await using GeminiSimulator simulator = await StartAsync("silence@ready", "slow@ready");
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator);
        GeminiConnection connection = simulator.Connections[0];
        short[] voice = new short[24000];
        Array.Fill(voice, (short)99);
        Task<bool> said = connection.SayAsync(voice);
        Move(1000);
        Assert.InRange(connection.Ledger.SaidPcm.Length, 10_000, 16_000); // about half of what should have played
        Move(1200);
        Assert.True(await said.WaitAsync(Watcher.DefaultLimit));
        Assert.Equal(24000, connection.Ledger.SaidPcm.Length);
        Assert.All(connection.Ledger.SaidPcm, s => Assert.Equal(0, s));
    }

    [Fact]
    public async Task Garbage_is_what_it_says()
    {
        await using GeminiSimulator simulator = await StartAsync("garbage@ready");
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator);
        Assert.ThrowsAny<JsonException>(() => JsonDocument.Parse("{\"cut"));
        Assert.StartsWith("{\"serverContent\"", (await client.NextAsync())!.Value.Text, StringComparison.Ordinal);
        Assert.DoesNotContain("{\"", (await client.NextAsync())!.Value.Text, StringComparison.Ordinal);
        await client.NextAsync();
        await client.NextAsync();
        Assert.Contains("somethingNew", (await client.NextAsync())!.Value.Text, StringComparison.Ordinal);
        await client.SendAsync(SimulationGeminiClient.Audio(new short[320])); // and goes on
        await simulator.Connections[0].Ledger.ReceivedAsync("realtime_input.audio");
    }

    [Fact]
    public async Task An_upgrade_can_be_refused()
    {
        await using GeminiSimulator simulator = await StartAsync("status=429@upgrade*1");
        WebSocketException refused = await Assert.ThrowsAsync<WebSocketException>(() => SimulationGeminiClient.ConnectAsync(simulator));
        Assert.Contains("429", refused.Message, StringComparison.Ordinal);
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator);
    }

    [Fact]
    public async Task A_close_right_after_the_upgrade_comes_before_any_message()
    {
        await using GeminiSimulator simulator = await StartAsync("close=1013,later@upgrade");
        using SimulationGeminiClient client = await SimulationGeminiClient.ConnectAsync(simulator);
        Assert.Equal((1013, "later"), await client.CloseAsync());
    }

    private Task<GeminiSimulator> StartAsync(params string[] faults) => GeminiSimulator.StartAsync(
        new GeminiSimulatorOptions { Wheel = _wheel, Voice = GeminiVoice.Scripted, Faults = [.. faults.Select(FaultSpec.Parse)] });

    private void Move(int milliseconds)
    {
        for (int i = 0; i < milliseconds; i += 10)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(Math.Min(10, milliseconds - i)));
            _wheel.Advance();
        }
    }
}
