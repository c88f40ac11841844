using System.Text.Json;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Timing;
using Xunit;

namespace Matrixd.Tests.Simulation;

/// <summary>Each way in which a simulated model falls silent although its connection stands.</summary>
public sealed class GeminiStallFaultTests
{
    private static readonly short[] s_voice = Signals.Tone(440, 24_000, 1);

    private readonly VirtualTime _clock = new();
    private readonly TimerWheel _wheel;

    public GeminiStallFaultTests() => _wheel = new TimerWheel(_clock);

    [Theory]
    [InlineData("empty@ready", null)]
    [InlineData("reject@ready", "RESPONSE_REJECTED")]
    public async Task A_turn_without_audio_has_its_end_and_the_next_one_its_audio(string fault, string? reason)
    {
        await using GeminiSimulator simulator = await StartAsync(fault);
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator);
        GeminiConnection connection = simulator.Connections[0];

        Assert.False(await connection.SayAsync(s_voice));
        JsonElement end = (await client.ReceiveAsync("turnComplete")).GetProperty("serverContent");
        Assert.Equal(reason, end.TryGetProperty("turnCompleteReason", out JsonElement said) ? said.GetString() : null);
        Assert.Empty(connection.Ledger.SaidPcm);

        Task<bool> next = connection.SayAsync(s_voice);
        Move(1100);
        Assert.True(await next.WaitAsync(Watcher.DefaultLimit));
        Assert.Equal(s_voice, connection.Ledger.SaidPcm);
    }

    [Fact]
    public async Task A_turn_that_is_ignored_does_not_come()
    {
        await using GeminiSimulator simulator = await StartAsync("ignore@ready");
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator);
        GeminiConnection connection = simulator.Connections[0];

        Assert.False(await connection.SayAsync(s_voice));
        Move(5000);

        Assert.Equal(["setupComplete"], connection.Ledger.Sent);
    }

    [Fact]
    public async Task A_halted_turn_has_no_end_and_the_next_one_is_said()
    {
        await using GeminiSimulator simulator = await StartAsync("halt@turn:0.1*1");
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator);
        GeminiConnection connection = simulator.Connections[0];

        Task<bool> said = connection.SayAsync(s_voice);
        Move(5000);
        Assert.False(await said.WaitAsync(Watcher.DefaultLimit));
        Assert.InRange(connection.Ledger.SaidPcm.Length, 1, s_voice.Length - 1);
        Assert.DoesNotContain(connection.Ledger.Sent, kind => kind.EndsWith("Complete", StringComparison.Ordinal) && kind != "setupComplete");

        Task<bool> next = connection.SayAsync(s_voice);
        Move(1100);
        Assert.True(await next.WaitAsync(Watcher.DefaultLimit));
    }

    [Fact]
    public async Task A_faint_voice_is_sixty_decibels_down()
    {
        await using GeminiSimulator simulator = await StartAsync("faint@ready");
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator);

        Task<bool> said = simulator.Connections[0].SayAsync(s_voice);
        Move(1100);

        Assert.True(await said.WaitAsync(Watcher.DefaultLimit));
        Assert.Equal(s_voice.Select(sample => (short)(sample / 1000)), simulator.Connections[0].Ledger.SaidPcm);
    }

    private Task<GeminiSimulator> StartAsync(string fault) => GeminiSimulator.StartAsync(
        new GeminiSimulatorOptions { Wheel = _wheel, Voice = GeminiVoice.Scripted, Faults = [FaultSpec.Parse(fault)] });

    private void Move(int milliseconds)
    {
        for (int i = 0; i < milliseconds; i += 10)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(10));
            _wheel.Advance();
        }
    }
}
