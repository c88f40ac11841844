using System.Text;
using Matrixd.Simulation;
using Xunit;

namespace Matrixd.Tests.Simulation;

/// <summary>What four hundred callers do fifty times a second must not feed the garbage collector.</summary>
public sealed class SimulationCostTests
{
    [Fact]
    public void A_frame_of_a_caller_allocates_nothing()
    {
        CallerOptions options = new() { Url = new Uri("ws://x/"), Audio = new CallerAudio(new short[8000], 8000, 20), CallSid = "c", StreamSid = "s", Remember = false };
        CallerSpeaker speaker = new(options);
        ExotelUplinkWriter writer = new(options);
        Assert.Equal(0, Allocated(() =>
        {
            ReadOnlySpan<byte> base64 = speaker.Next(TimeSpan.Zero, modelSpeaks: false, out long number);
            writer.Media(number, number * 20, base64);
        }));
    }

    [Fact]
    public void A_chunk_in_the_ear_allocates_nothing()
    {
        CallerOptions options = new() { Url = new Uri("ws://x/"), Audio = new CallerAudio([], 8000, 20), CallSid = "c", StreamSid = "s", Remember = false };
        CallerLine line = new(options);
        byte[] message = Encoding.UTF8.GetBytes($$$"""{"event":"media","stream_sid":"s","media":{"payload":"{{{Convert.ToBase64String(new byte[3200])}}}"}}""");
        Assert.Equal(0, Allocated(() => line.Take(Matrixd.Transport.WebSocketOpcode.Text, message, TimeSpan.Zero, started: true)));
        Assert.Empty(line.Violations);
        Assert.True(line.Ear.Chunks > 100);
    }

    [Fact]
    public void A_message_of_audio_is_read_without_a_document()
    {
        byte[] message = Encoding.UTF8.GetBytes("""{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000","data":"AAECAw=="}}}""");
        byte[] pcm = new byte[16];
        Assert.Equal(0, Allocated(() =>
        {
            Assert.True(GeminiAudioReader.TryRead(message, out ReadOnlySpan<byte> mimeType, out ReadOnlySpan<byte> data));
            Assert.True(GeminiAudioReader.RateOf(mimeType) == 16000 && GeminiAudioReader.Decode(data, pcm) == 4);
        }));
        Assert.Equal([0, 1, 2, 3], pcm[..4]);
    }

    [Theory]
    [InlineData("""{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000","data":"AAECAw=="},"text":"x"}}""")]
    [InlineData("""{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000"}}}""")]
    [InlineData("""{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000","data":"AA\u0041="}}}""")]
    [InlineData("""{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000","data":null}}}""")]
    [InlineData("""{"realtimeInput":{"audio":{"mime_type":"audio/pcm;rate=16000","data":"AAECAw=="}}}""")]
    [InlineData("""{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000","data":"AAECAw=="}}}{}""")]
    [InlineData("""{"realtime_input":{"audio":{"mime_type":"audio/pcm;rate=16000","data":"AAEC""")]
    public void What_is_not_exactly_audio_goes_the_slow_way(string message) =>
        Assert.False(GeminiAudioReader.TryRead(Encoding.UTF8.GetBytes(message), out _, out _));

    private static long Allocated(Action action)
    {
        for (int i = 0; i < 200; i++)
        {
            action(); // the pool, the buffers and the compiler have had their turn
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            action();
        }

        return GC.GetAllocatedBytesForCurrentThread() - before;
    }
}
