using System.Security.Cryptography.X509Certificates;
using Matrixd.Tests.Support;
using Matrixd.Timing;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>A frame costs no heap, sent or received, in either role. Alone, because what other tests allocate would count.</summary>
[Collection(nameof(AllocationTests))]
[CollectionDefinition(nameof(AllocationTests), DisableParallelization = true)]
public class AllocationTests
{
    private const int Frames = 10_000; // each goes there and back
    private const int Payload = 1280;

    // Kestrel, sockets and pools grow something now and then, and the runtime recompiles what is hot: so the best of some
    // rounds counts, and a fraction of a byte a frame is nothing, where one object would be 24.
    private const double BytesPerFrame = 2;
    private const int Rounds = 5;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Frames_cost_no_heap_over_a_socket(bool tls)
    {
        using var certificates = new TransportCertificates();
        using X509Certificate2 certificate = certificates.Localhost();
        await using TransportServer server = await TransportServer.EchoAsync(certificate: tls ? certificate : null);
        WebSocketLink link = await WebSocketDialer.DialAsync(
            server.Target(host: "localhost", caFile: tls ? certificates.CaFile : ""), new WebSocketLimits(), server.Wheel.Wheel, CancellationToken.None);
        var sink = new PingPong(link);
        Task run = Task.Run(() => link.RunAsync(sink));
        await sink.PlayAsync(Frames);

        double each = double.MaxValue;
        for (int round = 0; round < Rounds; round++)
        {
            long before = GC.GetTotalAllocatedBytes(precise: true);
            await sink.PlayAsync(Frames);
            each = Math.Min(each, (GC.GetTotalAllocatedBytes(precise: true) - before) / (2.0 * Frames));
        }

        link.Close(1000, "");
        await run.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.InRange(each, 0, BytesPerFrame);
    }

    [Fact]
    public void Sending_costs_no_heap()
    {
        var transport = new Swallow();
        var link = new PipeWebSocketLink(transport, isServer: false, new WebSocketLimits(), new TimerWheel(TimeProvider.System));
        byte[] payload = new byte[Payload];
        for (int i = 0; i < 3000; i++)
        {
            link.Send(WebSocketOpcode.Binary, payload);
            link.Flush();
        }

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Frames; i++)
        {
            link.Send(WebSocketOpcode.Binary, payload);
            link.Flush();
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(3000 + Frames, transport.Writes);
    }

    [Theory]
    [InlineData(100_000)]
    [InlineData(1000)]
    [InlineData(7)]
    public void Parsing_costs_no_heap_in_any_pieces(int piece)
    {
        byte[] frames = [.. Enumerable.Repeat(RawWebSocket.Frame(1, new byte[300]), 100).SelectMany(f => f)];
        byte[] work = new byte[frames.Length];
        var reader = new FrameReader(new WebSocketLimits { MessagesPerSecond = 100_000_000, BytesPerSecond = int.MaxValue }, fromClient: true, TimeProvider.System);
        var count = new Count();
        PushAll(reader, frames, work, piece, count);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 10; i++)
        {
            PushAll(reader, frames, work, piece, count);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
        Assert.Equal(1100, count.Messages);
    }

    // H5
    [Theory]
    [InlineData(0x00, 64 * 1024, 1)]
    [InlineData(0x40, 64 * 1024, 1)]
    [InlineData(0x80, 64 * 1024, 1)]
    [InlineData(0x40, int.MaxValue, 1)]
    public void A_giant_frame_s_head_costs_no_memory(byte top, int cap, int violations)
    {
        byte[] bytes = [0x82, 0xFF, top, 0, 0, 0, 0x80, 0, 0, 0, 1, 2, 3, 4, .. new byte[1024]];
        var limits = new WebSocketLimits { MaxMessageBytes = cap };
        var count = new Count();
        new FrameReader(limits, fromClient: true, TimeProvider.System).Push([.. bytes], count);
        var reader = new FrameReader(limits, fromClient: true, TimeProvider.System);
        count = new Count();

        long before = GC.GetAllocatedBytesForCurrentThread();
        reader.Push(bytes, count);
        long cost = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(violations, count.Violations);
        Assert.InRange(cost, 0, 1024); // the reason's text
    }

    [Fact]
    public void A_long_frame_s_head_is_believed_for_16_KiB_only()
    {
        byte[] bytes = [0x82, 0xFF, 0, 0, 0, 0, 0, 0x70, 0, 0, 1, 2, 3, 4, .. new byte[1024]]; // 7 MiB are promised
        var reader = new FrameReader(new WebSocketLimits { MaxMessageBytes = 8 << 20 }, fromClient: true, TimeProvider.System);

        long before = GC.GetAllocatedBytesForCurrentThread();
        reader.Push(bytes, new Count());

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 20_000);
        reader.Release();
    }

    private static void PushAll(FrameReader reader, byte[] frames, byte[] work, int piece, Count count)
    {
        frames.CopyTo(work, 0);
        for (int at = 0; at < work.Length; at += piece)
        {
            reader.Push(work.AsSpan(at, Math.Min(piece, work.Length - at)), count);
        }
    }

    private sealed class PingPong(WebSocketLink link) : IWebSocketSink
    {
        private readonly byte[] _payload = new byte[Payload];
        private TaskCompletionSource _over = new();
        private int _left;

        public Task PlayAsync(int frames)
        {
            _left = frames;
            _over = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            link.Send(WebSocketOpcode.Binary, _payload);
            link.Flush();
            return _over.Task.WaitAsync(TimeSpan.FromSeconds(30));
        }

        public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
        {
            if (--_left == 0)
            {
                _over.SetResult();
            }
            else
            {
                link.Send(opcode, message);
            }
        }

        public void OnBatchEnd()
        {
        }

        public void OnClosed(WebSocketClose close) => _over.TrySetException(new IOException(close.ToString()));
    }

    private sealed class Count : IFrameHandler
    {
        public int Messages { get; private set; }

        public int Violations { get; private set; }

        public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message) => Messages++;

        public void OnControl(WebSocketOpcode opcode, ReadOnlySpan<byte> payload)
        {
        }

        public void OnViolation(FrameViolation violation) => Violations++;
    }

    private sealed class Swallow : LinkTransport
    {
        public int Writes { get; private set; }

        public override System.IO.Pipelines.PipeReader Input => throw new NotSupportedException();

        public override string RemoteEndPoint => "";

        public override bool BeginWrite(ReadOnlyMemory<byte> bytes, Action written)
        {
            Writes++;
            return true;
        }

        public override void EndWrite()
        {
        }

        public override void Abort()
        {
        }

        public override ValueTask CloseAsync() => ValueTask.CompletedTask;
    }
}
