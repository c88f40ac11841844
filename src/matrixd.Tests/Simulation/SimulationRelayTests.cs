using System.Net.WebSockets;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Simulation;

/// <summary>The breakable stretch of network that other rooms' tests rely on. U2, U3, U5.</summary>
public sealed class SimulationRelayTests
{
    [Fact]
    public async Task What_is_frozen_passes_after_the_thaw_in_order()
    {
        await using GeminiSimulator simulator = await ScriptedAsync();
        await using SimulationRelay relay = new(simulator.EndPoint);
        using SimulationGeminiClient client = await ThroughAsync(simulator, relay);
        relay.Freeze(up: true, down: false);
        await client.SendAsync(SimulationGeminiClient.Audio([1, 2]));
        await client.SendAsync(SimulationGeminiClient.Audio([3]));
        simulator.Connections[0].SendRaw("{\"still\":1}");
        await client.ReceiveAsync("still"); // the other way is open
        Assert.Empty(simulator.Connections[0].Ledger.CallerPcm);
        relay.Thaw();
        await simulator.Connections[0].Ledger.ReceivedAsync("realtime_input.audio", 2);
        Assert.Equal([1, 2, 3], simulator.Connections[0].Ledger.CallerPcm);
    }

    [Fact]
    public async Task A_reset_reaches_both_sides()
    {
        await using GeminiSimulator simulator = await ScriptedAsync();
        await using SimulationRelay relay = new(simulator.EndPoint);
        using SimulationGeminiClient client = await ThroughAsync(simulator, relay);
        relay.Reset();
        await Assert.ThrowsAnyAsync<WebSocketException>(client.CloseAsync);
        Assert.Equal(Matrixd.Transport.WebSocketCloseCause.Lost, (await simulator.Connections[0].Closed.WaitAsync(Watcher.DefaultLimit)).Cause);
    }

    [Fact]
    public async Task A_half_close_is_an_end_without_a_close_frame()
    {
        await using GeminiSimulator simulator = await ScriptedAsync();
        await using SimulationRelay relay = new(simulator.EndPoint);
        using SimulationGeminiClient client = await ThroughAsync(simulator, relay);
        relay.HalfCloseDown();
        await Assert.ThrowsAnyAsync<WebSocketException>(client.CloseAsync);
        Assert.Equal(1, relay.Count);
    }

    private static Task<GeminiSimulator> ScriptedAsync() => GeminiSimulator.StartAsync(new GeminiSimulatorOptions { Voice = GeminiVoice.Scripted });

    private static async Task<SimulationGeminiClient> ThroughAsync(GeminiSimulator simulator, SimulationRelay relay)
    {
        Uri direct = SimulationGeminiClient.Address(simulator, "BidiGenerateContent", "?key=k");
        SimulationGeminiClient client = await SimulationGeminiClient.ConnectAsync(new UriBuilder(direct) { Port = relay.EndPoint.Port }.Uri);
        await client.SendAsync(SimulationGeminiClient.Setup);
        await client.ReceiveAsync("setupComplete");
        return client;
    }
}
