using System.Buffers.Text;
using System.Text.Json;
using Matrixd.Benchmarks;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Benchmarks;

public class LoadTrafficTests
{
    private readonly LoadTraffic _traffic = new();

    [Fact]
    public void A_caller_speaks_four_seconds_and_is_silent_for_four()
    {
        byte[] pcm = new byte[LoadTraffic.FrameBytes];
        for (int frame = 0; frame < 2 * LoadTraffic.CycleFrames; frame++)
        {
            Base64.DecodeFromUtf8(_traffic.Payload(frame), pcm, out _, out int bytes);

            Assert.Equal(LoadTraffic.FrameBytes, bytes);
            Assert.Equal(frame % 400 >= 200, pcm.All(value => value == 0));
        }
    }

    [Fact]
    public void A_part_of_the_model_is_one_frame_of_indented_JSON_with_98_to_191_ms_of_audio()
    {
        for (int number = 0; number < 40; number++)
        {
            ReadOnlySpan<byte> frame = _traffic.Part(number);
            Assert.True(FrameHeader.TryRead(frame, out FrameHeader header, out int size));
            Assert.Equal(WebSocketOpcode.Binary, header.Opcode);
            Assert.Equal((ulong)(frame.Length - size), header.Length);
            using JsonDocument message = JsonDocument.Parse(frame[size..].ToArray());
            JsonElement data = message.RootElement.GetProperty("serverContent").GetProperty("modelTurn").GetProperty("parts")[0].GetProperty("inlineData");
            Assert.Equal(_traffic.PartSamples(number) * 2, data.GetProperty("data").GetBytesFromBase64().Length);
            Assert.InRange(_traffic.PartSamples(number) / 24.0, 98, 192);
        }
    }

    [Fact]
    public void A_frame_of_the_caller_is_what_Exotel_sends()
    {
        LoadFrame frame = new("abc", 0x01020304);
        frame.BeginMedia(7, _traffic.Payload(0));
        byte[] media = frame.Bytes.ToArray();
        frame.AppendMark("m1"u8);

        using JsonDocument first = Unmask(media);
        Assert.Equal("media", first.RootElement.GetProperty("event").GetString());
        Assert.Equal("1", first.RootElement.GetProperty("sequence_number").GetString());
        Assert.Equal("abc", first.RootElement.GetProperty("stream_sid").GetString());
        Assert.Equal("8", first.RootElement.GetProperty("media").GetProperty("chunk").GetString());
        Assert.Equal("140", first.RootElement.GetProperty("media").GetProperty("timestamp").GetString());
        using JsonDocument second = Unmask(frame.Bytes[media.Length..].ToArray());
        Assert.Equal("m1", second.RootElement.GetProperty("mark").GetProperty("name").GetString());
        Assert.Equal("2", second.RootElement.GetProperty("sequence_number").GetString());
    }

    private static JsonDocument Unmask(byte[] frame)
    {
        Assert.True(FrameHeader.TryRead(frame, out FrameHeader header, out int size));
        Assert.True(header.Masked);
        Assert.Equal((ulong)(frame.Length - size), header.Length);
        byte[] payload = frame[size..];
        FrameMask.Apply(payload, payload, header.Mask, 0);
        return JsonDocument.Parse(payload);
    }
}
