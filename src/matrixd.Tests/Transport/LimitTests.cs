using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>Rates and sizes, in virtual time. H6, H7.</summary>
public class LimitTests
{
    private readonly VirtualTime _time = new();

    [Fact]
    public void A_burst_passes_and_the_rate_after_it()
    {
        var bucket = new TokenBucket(200, 400, _time);
        Assert.Equal(400, Take(ref bucket, 500));

        _time.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(200, Take(ref bucket, 500));

        _time.Advance(TimeSpan.FromMilliseconds(5));
        Assert.Equal(1, Take(ref bucket, 500));
    }

    [Fact]
    public void Idle_time_saves_up_no_more_than_the_burst()
    {
        var bucket = new TokenBucket(200, 400, _time);
        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(400, Take(ref bucket, 5000));
    }

    [Fact]
    public void Zero_is_no_cap()
    {
        var bucket = new TokenBucket(0, 0, _time);

        Assert.Equal(5000, Take(ref bucket, 5000));
    }

    [Fact]
    public void Frames_beyond_the_rate_are_refused_control_frames_too()
    {
        var limits = new WebSocketLimits { MessagesPerSecond = 200, MessageBurst = 400 };

        Assert.Equal("400 messages, then 1008 over 200 messages a second", Read(limits, RawWebSocket.Text("x"), 500));
        Assert.Equal("400 messages, then 1008 over 200 messages a second", Read(limits, RawWebSocket.Frame(9, []), 500));
    }

    [Fact]
    public void Bytes_beyond_the_rate_are_refused()
    {
        var limits = new WebSocketLimits { BytesPerSecond = 256 * 1024, ByteBurst = 1024 * 1024 };

        Assert.Equal("1024 messages, then 1008 over 262144 bytes a second", Read(limits, RawWebSocket.Frame(2, new byte[1024]), 2000));
    }

    [Fact]
    public void Real_time_media_never_meets_the_caps()
    {
        var limits = new WebSocketLimits { MessagesPerSecond = 200, MessageBurst = 400, BytesPerSecond = 256 * 1024, ByteBurst = 1024 * 1024 };
        byte[] frame = RawWebSocket.Frame(1, new byte[1400]); // 20 ms at 24 kHz, in base64 and JSON
        var reader = new FrameReader(limits, fromClient: true, _time);
        var log = new Log();
        for (int i = 0; i < 50 * 60; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(20));
            reader.Push([.. frame], log);
        }

        Assert.Equal((3000, (FrameViolation?)null), (log.Count, log.Violation));
    }

    [Theory]
    [InlineData(1000, 1000, "1 messages, then none")]
    [InlineData(1000, 1001, "0 messages, then 1009 message over 1000 bytes")]
    public void The_cap_is_a_message_s_last_byte(int cap, int size, string told)
        => Assert.Equal(told, Read(new WebSocketLimits { MaxMessageBytes = cap }, RawWebSocket.Frame(2, new byte[size]), 1));

    [Fact]
    public async Task Rates_close_a_real_socket_with_1008()
    {
        await using TransportAccepted call = await TransportAccepted.OpenAsync(new WebSocketLimits { MessagesPerSecond = 1, MessageBurst = 10 });

        await call.Client.SendAsync([.. Enumerable.Range(0, 100).SelectMany(_ => RawWebSocket.Text("x"))]);

        Assert.Equal("close:1008", await call.Client.HearAllAsync());
        Assert.Equal(new WebSocketClose(WebSocketCloseCause.Violation, 1008, "over 1 messages a second"), await call.Sink.ClosedAsync());
    }

    private int Take(ref TokenBucket bucket, int times)
    {
        int taken = 0;
        for (int i = 0; i < times; i++)
        {
            taken += bucket.TryTake(1, _time.GetTimestamp()) ? 1 : 0;
        }

        return taken;
    }

    private string Read(WebSocketLimits limits, byte[] frame, int times)
    {
        var reader = new FrameReader(limits, fromClient: true, _time);
        var log = new Log();
        for (int i = 0; i < times; i++)
        {
            reader.Push([.. frame], log);
        }

        return $"{log.Count} messages, then {(log.Violation is { } v ? $"{v.Code} {v.Reason}" : "none")}";
    }

    private sealed class Log : IFrameHandler
    {
        public int Count { get; private set; }

        public FrameViolation? Violation { get; private set; }

        public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message) => Count++;

        public void OnControl(WebSocketOpcode opcode, ReadOnlySpan<byte> payload) => Count++;

        public void OnViolation(FrameViolation violation) => Violation = violation;
    }
}
