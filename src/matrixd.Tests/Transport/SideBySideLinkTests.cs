using System.Text;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>Links that are served side by side: what one does to another, and when what they send leaves.</summary>
public sealed class SideBySideLinkTests : IDisposable
{
    private const int Count = 4;
    private readonly TransportBatch _batch = new();
    private readonly List<string> _log = [];

    public void Dispose() => _batch.Dispose();

    [Theory]
    [InlineData(2048)]
    [InlineData(4096)]
    [InlineData(8192)]
    public async Task A_message_that_fills_a_place_or_more_arrives_whole(int size)
    {
        // 8 bytes of header before each: one of them fills a place to its last byte, one begins in one place and ends in the next.
        string[] sent = [.. ((int[])[size - 8, size - 7, size, (2 * size) + 1]).Select((length, i) => new string((char)('a' + i), length))];
        TransportBatchLink[] links = await _batch.LinksAsync(Count, _ => new TransportSink(), _log);

        await _batch.ArriveAsync([.. links.Select((link, i) => link.Says(sent[i]))]);
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal(sent[i], await links[i].Sink.TextAsync());
        }

        await _batch.ArriveAsync([.. links.Select((link, i) => link.Says($"{i}"))]); // they go on where the long one ended
        for (int i = 0; i < Count; i++)
        {
            Assert.Equal($"{i}", await links[i].Sink.TextAsync());
        }
    }

    [Fact]
    public async Task All_that_is_sent_while_they_are_worked_on_leaves_afterwards_in_one_write_a_link_and_in_order()
    {
        TransportBatchLink[] links = [];
        links = await _batch.LinksAsync(
            Count,
            i => new TransportSink
            {
                Message = (_, _) =>
                {
                    Tell($"work {i}");
                    foreach (TransportBatchLink to in links)
                    {
                        Send(to.Link, $"{i} first");
                        Send(to.Link, $"{i} second");
                    }
                },
            },
            _log);

        await _batch.ArriveAsync([.. links.Select(link => link.Says("go"))]);
        string[][] heard = new string[Count][];
        for (int i = 0; i < Count; i++)
        {
            heard[i] = new string[2 * Count];
            for (int n = 0; n < heard[i].Length; n++)
            {
                heard[i][n] = await links[i].Client.HearAsync();
            }
        }

        await _batch.BarrierAsync();
        string[] log = [.. _log];
        Assert.Equal(2 * Count, log.Length);
        Assert.All(log[..Count], line => Assert.StartsWith("work", line, StringComparison.Ordinal));
        Assert.Equal(Enumerable.Range(0, Count).Select(i => $"write {i}"), log[Count..].Order());
        string[] expected = [.. log[..Count].SelectMany(line => (string[])[$"text:{line[5..]} first", $"text:{line[5..]} second"])];
        Assert.All(heard, one => Assert.Equal(expected, one));
    }

    [Fact]
    public async Task A_link_that_another_cuts_in_the_same_batch_hears_nothing_any_more()
    {
        TransportBatchLink[] links = [];
        links = await _batch.LinksAsync(
            Count,
            i => new TransportSink
            {
                Message = (_, _) =>
                {
                    Tell($"work {i}");
                    foreach (TransportBatchLink other in links.Where((_, n) => n != i))
                    {
                        other.Link.Abort();
                    }
                },
            },
            _log);

        await _batch.ArriveAsync([.. links.Select(link => link.Says("go"))]);

        await Eventually.TrueAsync(() => links.Count(link => link.Running.IsCompleted) == Count - 1, "all but one have ended", TransportBatch.Patience);
        TransportBatchLink left = Assert.Single(links, link => !link.Running.IsCompleted);
        Assert.Equal("go", await left.Sink.TextAsync());
        Assert.Single(_log);
        foreach (TransportBatchLink cut in links.Where(link => link != left))
        {
            Assert.Equal(WebSocketCloseCause.Aborted, (await cut.Sink.ClosedAsync()).Cause);
            Assert.False(cut.Sink.HasMessage);
            Assert.Equal("", await cut.Client.HearAllAsync());
        }

        await _batch.ArriveAsync(left.Says("still there?"));
        Assert.Equal("still there?", await left.Sink.TextAsync());
        Assert.Empty(_batch.Owner.Heard);
    }

    [Fact]
    public async Task A_write_that_is_put_off_is_not_made_where_its_link_is_cut_meanwhile()
    {
        TransportBatchLink[] links = [];
        links = await _batch.LinksAsync(2, i => new TransportSink { Message = (_, _) => SendAndCut(links[1].Link, i) }, _log);

        await _batch.ArriveAsync(links[0].Says("go"));

        await links[1].Running.WaitAsync(TransportBatch.Patience);
        Assert.Equal("", await links[1].Client.HearAllAsync());
        Assert.Equal(WebSocketCloseCause.Aborted, (await links[1].Sink.ClosedAsync()).Cause);
        Assert.Equal((0, 0), (links[1].Tally.Writes, links[1].Link.QueuedBytes));
        Assert.Equal("go", await links[0].Sink.TextAsync());
        await _batch.ArriveAsync(links[0].Says("and on"));
        Assert.Equal("and on", await links[0].Sink.TextAsync());
        Assert.Empty(_batch.Owner.Heard);
    }

    [Fact]
    public async Task A_link_that_is_closed_in_the_batch_sends_what_was_queued_and_its_close_frame_in_one_write()
    {
        TransportBatchLink[] links = [];
        links = await _batch.LinksAsync(
            2,
            i => new TransportSink
            {
                Message = (_, _) =>
                {
                    if (i == 0)
                    {
                        Send(links[1].Link, "one");
                        Send(links[1].Link, "two");
                        links[1].Link.Close(CloseCodes.GoingAway, "bye");
                        Assert.False(links[1].Link.Send(WebSocketOpcode.Text, "late"u8));
                    }
                },
            },
            _log);

        await _batch.ArriveAsync(links[1].Says("one that stands beside it"), links[0].Says("go"));

        Assert.Equal("text:one text:two close:1001", await links[1].Client.HearAllAsync(hangUp: true));
        WebSocketClose close = await links[1].Sink.ClosedAsync();
        Assert.Equal((WebSocketCloseCause.Local, CloseCodes.GoingAway), (close.Cause, close.Code));
        Assert.Equal(1, links[1].Tally.Writes);
        Assert.Equal("go", await links[0].Sink.TextAsync());
        Assert.Empty(_batch.Owner.Heard);
    }

    [Fact]
    public async Task A_loop_that_is_disposed_of_with_writes_put_off_ends_and_so_do_its_links()
    {
        TransportBatchLink[] links = [];
        links = await _batch.LinksAsync(
            Count,
            _ => new TransportSink
            {
                Message = (_, _) =>
                {
                    foreach (TransportBatchLink to in links)
                    {
                        Send(to.Link, "last words");
                    }

                    _batch.Loop.Dispose(); // on its own thread: it ends after this round
                },
            },
            _log);

        await _batch.ArriveAsync([.. links.Select(link => link.Says("go"))]);

        await Task.Run(_batch.Loop.Dispose).WaitAsync(TransportBatch.Patience);
        foreach (TransportBatchLink link in links)
        {
            await link.Running.WaitAsync(TransportBatch.Patience);
            Assert.Equal(1, link.Sink.Closes);
            Assert.Equal(0, link.Link.QueuedBytes);
        }

        Assert.Empty(_batch.Owner.Heard);
    }

    private static void Send(WebSocketLink link, string text)
    {
        Assert.True(link.Send(WebSocketOpcode.Text, Encoding.UTF8.GetBytes(text)));
        link.Flush();
    }

    private static void SendAndCut(WebSocketLink link, int by)
    {
        if (by == 0 && link.Send(WebSocketOpcode.Text, "never"u8))
        {
            link.Flush();
            link.Abort();
        }
    }

    private void Tell(string what)
    {
        lock (_log)
        {
            _log.Add(what);
        }
    }
}
