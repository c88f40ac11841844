using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Matrixd.Timing;
using Xunit;

namespace Matrixd.Tests.Simulation;

/// <summary>The doors that other rooms' tests use.</summary>
public sealed class GeminiScriptTests
{
    [Fact]
    public async Task A_script_sees_everything_and_answers_in_the_models_place()
    {
        List<string> told = [];
        GeminiScript script = new()
        {
            OnSetup = (_, setup) => told.Add(setup.GetProperty("model").GetString()!),
            OnReady = c => told.Add("ready"),
            OnAudio = (c, pcm) =>
            {
                told.Add($"audio {pcm.Length}");
                c.SendToolCall("call-1", new GeminiToolCall("f", "{}"));
            },
            OnMessage = (c, message) =>
            {
                told.Add(message.EnumerateObject().First().Name);
                c.Close(1011, new string('é', 100));
            },
        };
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(
            new GeminiSimulatorOptions { Voice = GeminiVoice.Scripted, SpeedFactor = 0, Script = _ => script });
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(simulator);
        await client.SendAsync(SimulationGeminiClient.Audio(new short[320]));
        await client.ReceiveAsync("toolCall");
        await client.SendAsync("""{"toolResponse":{"functionResponses":[{"id":"call-1","name":"f","response":{}}]}}""");
        Assert.Equal((1011, new string('é', 61)), await client.CloseAsync()); // 122 bytes: half a character is none
        Assert.Equal(["models/gemini-3.1-flash-live-preview", "ready", "audio 320", "toolResponse"], told);
        Assert.Equal((ushort)1011, simulator.Connections[0].Refused!.Value.Code);
    }

    [Fact]
    public async Task A_script_can_hold_the_setup_and_turns_wait_for_each_other()
    {
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(new GeminiSimulatorOptions
        {
            Voice = GeminiVoice.Scripted,
            SpeedFactor = 0,
            Script = _ => new GeminiScript { HoldSetupComplete = true },
        });
        using SimulationGeminiClient client = await SimulationGeminiClient.ConnectAsync(simulator);
        await client.SendAsync(SimulationGeminiClient.Setup);
        GeminiConnection connection = await simulator.ConnectionAsync(0);
        await connection.Ledger.ReceivedAsync("setup");
        Assert.False(connection.Ready);
        connection.SendSetupComplete();
        bool[] said = await Task.WhenAll(connection.SayAsync(new short[3000]), connection.SayAsync(new short[10])).WaitAsync(Watcher.DefaultLimit);
        Assert.Equal([true, true], said);
        Assert.Equal(
            ["setupComplete", "serverContent.modelTurn", "serverContent.modelTurn", "serverContent.generationComplete", "serverContent.turnComplete",
                "serverContent.modelTurn", "serverContent.generationComplete", "serverContent.turnComplete"],
            connection.Ledger.Sent);
        await client.HangUpAsync();
        await connection.Closed.WaitAsync(Watcher.DefaultLimit);
        Assert.False(await connection.SayAsync(new short[10]).WaitAsync(Watcher.DefaultLimit));
    }

    [Fact]
    public async Task No_interruption_means_none()
    {
        TimerWheel wheel = new(new VirtualTime());
        await using GeminiSimulator simulator = await GeminiSimulator.StartAsync(
            new GeminiSimulatorOptions { Voice = GeminiVoice.File, VoicePcm = new short[24000], Wheel = wheel });
        using SimulationGeminiClient client = await SimulationGeminiClient.ReadyAsync(
            simulator, """{"setup":{"model":"models/gemini-3.8-live","realtimeInputConfig":{"activityHandling":"NO_INTERRUPTION"}}}""");
        _ = simulator.Connections[0].SayAsync(new short[24000]);
        short[] loud = new short[3200];
        Array.Fill(loud, (short)9000);
        await client.SendAsync(SimulationGeminiClient.Audio(loud));
        await simulator.Connections[0].Ledger.ReceivedAsync("realtime_input.audio");
        Assert.DoesNotContain("serverContent.interrupted", simulator.Connections[0].Ledger.Sent);
    }
}
