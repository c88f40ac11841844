using Matrixd.Calls;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>The caller's audio on its way to the model: every rate, every frame size, nothing lost.</summary>
public class MediaTests
{
    [Theory]
    [InlineData(8000, 20, false)]
    [InlineData(8000, 100, false)]
    [InlineData(8000, 20, true)]
    [InlineData(16_000, 20, false)]
    [InlineData(16_000, 100, true)]
    [InlineData(24_000, 20, true)]
    [InlineData(24_000, 100, false)]
    [InlineData(8000, 7, false)]
    public async Task Every_sample_of_the_caller_arrives_at_the_model_in_order(int rate, int frameMs, bool bareNumbers)
    {
        await using House house = await House.BuildAsync(House.Scripted);
        short[] speech = Signals.Noise(rate, 2, seed: rate + frameMs);

        EndToEndLine line = await house.LineAsync(new EndToEndCall("media") { Rate = rate, BareNumbers = bareNumbers });
        GeminiConnection connection = await house.ReadyAsync();
        line.Speak(speech, frameMs);

        // What does not fill a message of 20 ms waits for more.
        short[] expected = EndToEndSound.Stream(speech, rate, 16_000);
        await connection.Ledger.WaitAsync(() => connection.Ledger.CallerPcm.Length >= expected.Length / 320 * 320, "all that was said", TimeSpan.FromSeconds(20));
        line.HangUp();
        await house.EndedAsync("media");
        await connection.Closed.WaitAsync(TimeSpan.FromSeconds(20));

        EndToEndSound.AssertSame(expected.AsSpan(0, expected.Length / 320 * 320), connection.Ledger.CallerPcm);
        Assert.Equal(expected.Length / 320, connection.Ledger.AudioMessages);
        EndToEndMetrics metrics = await house.MetricsAsync();
        Assert.Equal(0, metrics["uplink_dropped_bytes_total"]);
        Assert.Equal(0, metrics["caller_frames_dropped_total"]);
        Assert.Equal(0, metrics["exotel_bad_payloads_total"]);
    }

    [Fact]
    public async Task What_is_said_before_the_model_is_ready_is_kept_and_arrives_first()
    {
        GeminiScript held = new() { HoldSetupComplete = true };
        await using House house = await House.BuildAsync(House.Scripted with { Script = _ => held });
        short[] speech = Signals.Noise(8000, 3, seed: 17);
        EndToEndLine line = await house.LineAsync("early");
        GeminiConnection connection = await house.Gemini.ConnectionAsync(0);
        await connection.Ledger.ReceivedAsync("setup");
        line.Speak(speech.AsSpan(0, 20_000));
        await house.MetricAsync("caller_frames_total", 125);
        Assert.Equal(0, connection.Ledger.AudioMessages);

        connection.SendSetupComplete();
        short[] expected = EndToEndSound.Stream(speech, 8000, 16_000);
        await connection.Ledger.WaitAsync(() => connection.Ledger.CallerPcm.Length > 30_000, "what was kept", TimeSpan.FromSeconds(20));
        line.Speak(speech.AsSpan(20_000));
        await connection.Ledger.WaitAsync(() => connection.Ledger.CallerPcm.Length == expected.Length / 320 * 320, "the rest", TimeSpan.FromSeconds(20));

        EndToEndSound.AssertSame(expected.AsSpan(0, expected.Length / 320 * 320), connection.Ledger.CallerPcm);
        line.HangUp();
        await house.EndedAsync("early");
        Assert.Equal(0, (await house.MetricsAsync())["uplink_dropped_bytes_total"]);
    }

    [Fact]
    public async Task A_pause_of_the_stream_is_told_to_the_model_once_and_audio_goes_on_after_it()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndLine line = await house.LineAsync("pause");
        GeminiConnection connection = await house.ReadyAsync();
        line.Speak(Signals.Speech(8000, 0.4));

        await connection.Ledger.ReceivedAsync("realtime_input.audio_stream_end", limit: TimeSpan.FromSeconds(20));
        long before = connection.Ledger.AudioMessages;
        line.Speak(Signals.Speech(8000, 0.4));
        await connection.Ledger.WaitAsync(() => connection.Ledger.AudioMessages >= before + 18, "audio after the pause", TimeSpan.FromSeconds(20));

        Assert.Equal(1, connection.Ledger.Received.Count(r => r.Kind == "realtime_input.audio_stream_end"));
        line.HangUp();
        await house.EndedAsync("pause");
    }

    [Fact]
    public async Task The_greeting_is_asked_for_before_any_audio_and_heard_first()
    {
        await using House house = await House.BuildAsync(
            new GeminiSimulatorOptions { SpeedFactor = 0 },
            config => config with { Agents = [config.Agents[0] with { Greeting = "Namaste, this is Asha Clinic." }] });

        EndToEndLine line = await house.LineAsync("greeting");
        line.Speak(Signals.Speech(8000, 0.2));
        await line.HeardAsync(8000);

        GeminiConnection connection = await house.ReadyAsync();
        Assert.Equal(["setup", "clientContent"], connection.Ledger.Received.Select(r => r.Kind).Take(2));
        Assert.Contains("Namaste, this is Asha Clinic.", connection.Ledger.Received[1].Text, StringComparison.Ordinal);
        short[] heard = line.Audio;
        EndToEndSound.AssertSame(EndToEndSound.Stream(connection.Ledger.SaidPcm, 24_000, 8000).AsSpan(0, 8000), heard.AsSpan(0, 8000));
        line.HangUp();
        await house.EndedAsync("greeting");
        TurnRecord turn = (await house.ReadAsync((_, log) => log.TurnsAsync(CallSid.Parse("greeting"))))[0];
        Assert.Equal(Speaker.Model, turn.Speaker);
    }
}
