using System.Text;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

public sealed class TappedLinkTests
{
    [Fact]
    public async Task A_tap_sees_what_comes_and_what_goes_in_order_and_the_owner_sees_the_same_as_without()
    {
        FakeLink inner = new();
        Tap tap = new();
        Sink owner = new(tap.Seen);
        TappedLink link = new(inner, tap);

        Task running = link.RunAsync(owner);
        inner.Deliver("hello");
        Assert.True(link.Send(WebSocketOpcode.Text, "welcome"u8));
        inner.Deliver("bytes", binary: true);
        link.Close(1000, "done");
        Assert.False(link.Send(WebSocketOpcode.Text, "too late"u8));
        inner.End(new WebSocketClose(WebSocketCloseCause.Local, 1000, "done"));
        await running.WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal(
            ["in Text hello", "owner Text hello", "owner batch", "batch", "out Text welcome", "in Binary bytes", "owner Binary bytes", "owner batch", "batch", "closing 1000 done", "owner closed 1000", "closed Local 1000 done"],
            tap.Seen);
        Assert.Equal(["welcome"], inner.Sent);
        Assert.Equal(inner.RemoteEndPoint, link.RemoteEndPoint);
    }

    [Fact]
    public void A_cut_is_told_as_a_close_without_a_frame()
    {
        FakeLink inner = new();
        Tap tap = new();

        new TappedLink(inner, tap).Abort();

        Assert.Equal(["closing 1006 "], tap.Seen);
        Assert.Equal((ushort?)1006, inner.CloseCode);
    }

    private sealed class Tap : ILinkTap
    {
        public List<string> Seen { get; } = [];

        public void OnReceived(WebSocketOpcode opcode, ReadOnlySpan<byte> message) => Seen.Add($"in {opcode} {Encoding.UTF8.GetString(message)}");

        public void OnBatchEnd() => Seen.Add("batch");

        public void OnSent(WebSocketOpcode opcode, ReadOnlySpan<byte> message) => Seen.Add($"out {opcode} {Encoding.UTF8.GetString(message)}");

        public void OnClosing(ushort code, string reason) => Seen.Add($"closing {code} {reason}");

        public void OnClosed(in WebSocketClose close) => Seen.Add($"closed {close.Cause} {close.Code} {close.Reason}");
    }

    private sealed class Sink(List<string> seen) : IWebSocketSink
    {
        public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message) => seen.Add($"owner {opcode} {Encoding.UTF8.GetString(message)}");

        public void OnBatchEnd() => seen.Add("owner batch");

        public void OnClosed(WebSocketClose close) => seen.Add($"owner closed {close.Code}");
    }
}
