using System.Text;
using Matrixd.Tests.Support;
using Matrixd.Timing;
using Matrixd.Transport;
using Xunit;
using static Matrixd.Tests.Support.TransportRationed;

namespace Matrixd.Tests.Transport;

/// <summary>The sending half on a loop: frames wait for the end of the round in memory that the next round uses anew. In virtual time, with sockets that take what the test says.</summary>
public class LinkSenderTests : ILinkSenderOwner
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);
    private readonly VirtualTime _time = new();
    private readonly TimerWheel _wheel;
    private readonly TransportRound _round = new();
    private readonly TransportRationed _transport;
    private readonly LinkSender _sender;
    private readonly List<string> _told = [];

    public LinkSenderTests()
    {
        _wheel = new TimerWheel(_time);
        _transport = new TransportRationed(_round);
        _sender = new LinkSender(_transport, masked: false, new WebSocketLimits { SendTimeout = TimeSpan.FromSeconds(5) }, _wheel, this);
    }

    void ILinkSenderOwner.OnWriteFailed(Exception error) => _told.Add(error.Message);

    void ILinkSenderOwner.OnWriteStuck() => _told.Add("stuck");

    [Fact]
    public void What_is_flushed_in_a_round_leaves_at_its_end_in_one_write()
    {
        int tries = 0;
        _transport.Tried = () => tries++;
        Send("a");
        _sender.Flush();
        Send("b");
        _sender.Flush();
        Assert.Equal("", _transport.Text);

        _round.End();

        Assert.Equal((Frames("a", "b"), 1), (_transport.Text, tries));
        Assert.Equal(0, _sender.QueuedBytes);
        Assert.True(_sender.DrainAsync().IsCompleted);
    }

    [Fact]
    public void What_is_sent_without_a_flush_is_there_when_the_flush_comes_rounds_later()
    {
        Send("a");
        _round.End();
        Send("b");
        _round.End();
        Assert.Equal(("", 6), (_transport.Text, _sender.QueuedBytes));

        _sender.Flush();
        _round.End();

        Assert.Equal(Frames("a", "b"), _transport.Text);
    }

    [Fact]
    public void A_flush_from_another_thread_takes_what_the_loop_put_into_the_round_along_and_in_order()
    {
        Send("a");
        Send("b");

        TransportRound.Elsewhere(() =>
        {
            Send("c");
            _sender.Flush();
        });
        Send("d");
        _sender.Flush();
        _round.End();
        _transport.EndWait();

        Assert.Equal(Frames("a", "b", "c", "d"), _transport.Text);
        Assert.Equal((0, -1), (_sender.QueuedBytes, _transport.Waiting));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_round_that_ends_while_another_thread_is_about_to_write_takes_nothing_from_it(bool sendsMore)
    {
        using var reached = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        _transport.Tried = () =>
        {
            reached.Set();
            Assert.True(ended.Wait(s_patience));
        };
        Send("abc");
        Thread flushing = TransportRound.Begin(_sender.Flush);
        Assert.True(reached.Wait(s_patience));
        if (sendsMore)
        {
            Send("def");
        }

        _round.End();
        ended.Set();
        Assert.True(flushing.Join(s_patience));
        _transport.Tried = () => { };
        _transport.EndWait();

        Assert.Equal(sendsMore ? Frames("abc", "def") : Frames("abc"), _transport.Text);
    }

    [Fact]
    public void A_socket_that_takes_a_part_gets_the_rest_when_it_has_room_whatever_happened_to_the_arena_meanwhile()
    {
        _transport.Room = 4;
        Send("abc");
        Send("d");
        _sender.Flush();
        _round.End();
        Assert.Equal((Frames("abc", "d")[..4], 4), (_transport.Text, _transport.Waiting));
        Assert.Equal(8, _sender.QueuedBytes);
        Send("e");
        _sender.Flush();
        _round.End();

        _transport.Room = 100;
        _transport.EndWait();

        Assert.Equal(Frames("abc", "d", "e"), _transport.Text);
        Assert.Equal((0, -1), (_sender.QueuedBytes, _transport.Waiting));
    }

    [Fact]
    public void A_write_that_fails_at_once_is_told_once_and_drops_what_waited()
    {
        Send("a");
        Task drained = _sender.DrainAsync();
        _sender.Flush();
        _transport.Fault = new IOException("broken pipe");

        _round.End();

        Assert.Equal(["broken pipe"], _told);
        Assert.True(drained.IsCompleted);
        Assert.False(_sender.Send(WebSocketOpcode.Text, "b"u8));
        _sender.Flush();
        _round.End();
        Assert.Equal(("", 0, 1), (_transport.Text, _sender.QueuedBytes, _told.Count));
    }

    [Fact]
    public void A_write_that_fails_later_drops_what_has_come_into_the_arena_since()
    {
        _transport.Room = 0;
        Send("a");
        _sender.Flush();
        _round.End();
        Send("b");

        _transport.EndWait(new IOException("broken pipe"));
        _round.End();

        Assert.Equal(["broken pipe"], _told);
        Assert.Equal(0, _sender.QueuedBytes);
    }

    [Fact]
    public void What_was_taken_and_has_not_gone_is_waited_for()
    {
        _transport.KeepsInside = true;
        Send("abc");
        _sender.Flush();
        _round.End();
        Assert.Equal((Frames("abc"), 0), (_transport.Text, _transport.Waiting));
        Assert.Equal(5, _sender.QueuedBytes); // records in a session are not the network's
        Task drained = _sender.DrainAsync();
        Send("d");
        _sender.Flush();
        _round.End();
        Assert.Equal(Frames("abc"), _transport.Text);
        Assert.False(drained.IsCompleted);

        _transport.KeepsInside = false;
        _transport.EndWait();

        Assert.Equal(Frames("abc", "d"), _transport.Text);
        Assert.True(drained.IsCompleted);
        Assert.Equal(0, _sender.QueuedBytes);
        Advance(30);
        Assert.Empty(_told);
    }

    // Who asks how much waits drops what comes too late: records that the kernel has no room for must not look as if they had gone.
    [Fact]
    public void What_was_taken_and_has_not_gone_fills_the_queue_as_before()
    {
        var sender = new LinkSender(_transport, masked: false, new WebSocketLimits { SendQueueBytes = 30 }, _wheel, this);
        _transport.KeepsInside = true;
        Assert.True(sender.Send(WebSocketOpcode.Binary, new byte[18])); // 20 with its head
        sender.Flush();
        _round.End();
        Assert.False(sender.Send(WebSocketOpcode.Binary, new byte[9]));
        Assert.True(sender.Send(WebSocketOpcode.Binary, new byte[8]));
        Assert.Equal(30, sender.QueuedBytes);

        _transport.EndWait();

        Assert.Equal(10, sender.QueuedBytes);
        _transport.EndWait();
        Assert.Equal(0, sender.QueuedBytes);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void What_makes_no_progress_is_stuck_and_what_makes_some_is_not(bool taken)
    {
        _transport.KeepsInside = true;
        _transport.Room = taken ? int.MaxValue : 2;
        for (int i = 0; i < 5; i++)
        {
            Send("abc");
            _sender.Flush();
            _round.End();
            Advance(4);
            _transport.EndWait();
        }

        Assert.Empty(_told);
        Send("abc");
        _sender.Flush();
        _round.End();
        Advance(11);

        Assert.Equal("stuck", _told.Distinct().Single());
    }

    [Fact]
    public void A_pong_that_had_to_wait_goes_out_after_a_write_of_the_same_round()
    {
        Send(new string('a', 5000));
        _sender.Pong("late"u8);
        _sender.Flush();

        _round.End();

        Assert.EndsWith("\u008A\u0004late", _transport.Text, StringComparison.Ordinal);
        Assert.Equal(5004 + 6, _transport.Output.Count);
    }

    private void Send(string payload) => Assert.True(_sender.Send(WebSocketOpcode.Text, Encoding.Latin1.GetBytes(payload)));

    private void Advance(int seconds)
    {
        for (int i = 0; i < seconds * 10; i++)
        {
            _time.Advance(TimeSpan.FromSeconds(0.1));
            _wheel.Advance();
        }
    }
}
