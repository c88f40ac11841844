using System.Net.Sockets;
using Matrixd.Calls;
using Matrixd.Exotel;
using Matrixd.Memory;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Matrixd.Transport.Loop;
using Microsoft.Extensions.Logging.Abstractions;
using Xunit;

namespace Matrixd.Tests.Memory;

/// <summary>A frame's way names all that it touches: a link that is missing costs nothing but time, and nobody would notice.</summary>
public sealed class HotWayTests
{
    [Fact]
    public async Task The_way_through_a_call_goes_from_the_carriers_leg_to_the_models()
    {
        string directory = Directory.CreateTempSubdirectory("matrixd-hot-").FullName;
        CallStory story = new(8000, o => o with { RecordingDirectory = directory });
        FakeLink link = new();
        ExotelLeg leg = new(
            link, new ExotelOptions(), story.Host, new ExotelAdmission(null, () => { }), new ExotelCounters(), story.Wheel, NullLogger<ExotelLeg>.Instance);
        Task served = leg.RunAsync();
        link.Deliver(ExotelCorpus.Start(rate: "8000"));
        HotSet set = new();

        set.Fill(leg);

        string[] way = Names(set);
        AssertAmong(
            way,
            ["ExotelLeg", "CallSession", "CallMedia", "StallWatch", "CallListener", "CallerEar", "VoiceActivityDetector", "FarEndLevel", "Interruption", "Playout", "PlayoutQueue",
                "Uplink", "Resampler", "AudioQueue", "RecordingTimeline", "CallerTimeline", "SpeechTracker", "Lock"]);
        Assert.Contains(set.Objects.ToArray(), hot => hot is IModelLeg);
        story.Registry.StopAll(CallEndReason.CallerHungUp, "");
        link.End();
        await served.WaitAsync(TransportBatch.Patience);
        await story.DisposeAsync();
        Directory.Delete(directory, recursive: true);
    }

    [Fact]
    public async Task The_way_out_goes_from_the_link_to_the_socket_and_not_to_what_is_read()
    {
        using TransportBatch batch = new();
        (LoopConnection connection, _, _) = await batch.ConnectAsync();
        PipeWebSocketLink link = new(new LoopTransport(connection), isServer: false, new WebSocketLimits(), batch.Wheel);
        HotSet set = new();

        link.AddSendingTo(set);

        Assert.Equal(["PipeWebSocketLink", "LinkSender", "Lock", "SendQueue", "LoopTransport", "LoopConnection", "LoopWriter"], Names(set));
    }

    [Fact]
    public async Task A_connection_learns_its_way_from_what_it_reads()
    {
        using TransportBatch batch = new();
        (LoopConnection connection, _, Socket peer) = await batch.ConnectAsync();
        PipeWebSocketLink link = new(new LoopTransport(connection), isServer: true, new WebSocketLimits(), batch.Wheel);
        TransportSink sink = new();
        Task running = link.RunAsync(sink);
        for (int i = 0; i < 70; i++)
        {
            await peer.SendAsync(RawWebSocket.Text($"{i}"));
            Assert.Equal($"{i}", await sink.TextAsync());
        }

        await batch.BarrierAsync();

        Assert.Equal(HotSet.IsOfUse, connection.Hot is not null);
        if (connection.Hot is { } hot)
        {
            AssertAmong(Names(hot), ["LoopTransport", "PipeWebSocketLink", "FrameReader", "LinkSender", "LinkEnd", "LoopInput"]);
            Assert.Contains(sink, hot.Objects.ToArray());
        }

        link.Abort();
        await running.WaitAsync(TransportBatch.Patience);
    }

    private static void AssertAmong(string[] way, string[] expected) => Assert.Empty(expected.Except(way));

    private static string[] Names(HotSet set) => [.. set.Objects.ToArray().Select(hot => hot.GetType().Name)];
}
