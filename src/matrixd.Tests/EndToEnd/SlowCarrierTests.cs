using System.Net;
using System.Net.Sockets;
using System.Text;
using Matrixd.Calls;
using Matrixd.Server;
using Matrixd.Simulation;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.EndToEnd;

/// <summary>A carrier that stops reading for a while, or reads too slowly. L7, L8.</summary>
public sealed class SlowCarrierTests
{
    // What the carrier's socket, ours and what lies before it hold of framed audio, and the lead: 5 s at 8 kHz.
    private const int MostSent = 25;

    // L7
    [Fact]
    public async Task What_waits_for_a_carrier_that_stops_reading_is_bounded_and_nothing_of_it_is_lost()
    {
        await using House house = await House.BuildAsync(House.Scripted);
        EndToEndCall call = new("l7");
        using RawWebSocket raw = await OpenAsync(house, call);
        GeminiConnection connection = await house.ReadyAsync();
        short[] said = Signals.Noise(24_000, 9, seed: 21);
        _ = connection.SayAsync(said);

        await HoldsAsync(house, call, raw, 500);
        Assert.InRange((await house.MetricsAsync())["chunks_sent_total"], 1, MostSent);

        List<EndToEndEvent> events = await ReadAsync(raw, events => EndToEndSound.IsHeard(events, 8000, said));
        EndToEndSound.AssertLegal(events);
        EndToEndSound.AssertHeard(events, 8000, said);
        await raw.SendAsync(RawWebSocket.Text(EndToEndFrames.Stop(call)));
        Assert.Equal(CallEndReason.CallerHungUp, (await house.EndedAsync("l7")).EndReason);
    }

    // L8: in a full run over a network of 64 kbit/s, a third of what speech takes; else with a carrier that reads nothing at all
    [Fact]
    public async Task A_carrier_that_takes_audio_too_slowly_ends_the_call_once_the_caller_is_ten_seconds_late()
    {
        using EndToEndNetwork? network = EndToEndRun.Full && EndToEndNetwork.CanBuild ? EndToEndNetwork.Build("rate 64kbit burst 2k latency 400ms") : null;
        ListenAddress[] near = network is null ? [] : [new ListenAddress(network.Near, 0, false)];
        await using House house = await House.BuildAsync(House.Scripted, config => config with { Server = config.Server with { Listen = [.. config.Server.Listen, .. near] } });
        EndToEndCall call = new("l8");
        using RawWebSocket raw = network is null ? await OpenAsync(house, call) : await SlowCarrier.StartAsync(network.Connect(new Uri(house.Daemon.Addresses[^1]).Port), call);
        GeminiConnection connection = await house.ReadyAsync();
        _ = connection.SayAsync(Signals.Noise(24_000, 90, seed: 22));

        Task<string> reading = network is null ? Task.FromResult("") : raw.ReadToEndAsync();
        await SlowCarrier.SpeakUntilAsync(raw, call, async () => (await house.SessionAsync("l8")) is { State: SessionState.Ended });
        Session row = await house.EndedAsync("l8");

        Assert.Equal(CallEndReason.MediaLost, row.EndReason);
        Assert.Contains("10 s late", row.EndDetail, StringComparison.Ordinal);
        await house.NoModelLeftAsync();
        await reading.WaitAsync(TimeSpan.FromSeconds(30));
    }

    private static async Task<RawWebSocket> OpenAsync(House house, EndToEndCall call)
    {
        Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true, ReceiveBufferSize = 4096 };
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, house.HttpBase.Port));
        return await SlowCarrier.StartAsync(socket, call);
    }

    private static Task HoldsAsync(House house, EndToEndCall call, RawWebSocket raw, int milliseconds) =>
        SlowCarrier.SpeakUntilAsync(raw, call, async () => (await house.MetricsAsync())["playout_held_milliseconds_total"] >= milliseconds);

    private static async Task<List<EndToEndEvent>> ReadAsync(RawWebSocket raw, Func<List<EndToEndEvent>, bool> isEnough)
    {
        List<EndToEndEvent> events = [];
        while (!isEnough(events))
        {
            (int opcode, byte[] payload) = await raw.ReadFrameAsync() ?? throw new EndOfStreamException("the daemon hung up");
            if (opcode == 1)
            {
                events.Add(EndToEndEvent.Read(Encoding.UTF8.GetString(payload)));
            }
        }

        return events;
    }
}
