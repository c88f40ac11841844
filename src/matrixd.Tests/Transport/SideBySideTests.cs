using System.Net.Sockets;
using Matrixd.Tests.Support;
using Matrixd.Transport.Loop;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>What is ready at once is read at once, each into a place of its own, and then worked on: the loop and its connections.</summary>
public sealed class SideBySideTests : IDisposable
{
    private readonly TransportBatch _batch = new();

    public void Dispose() => _batch.Dispose();

    // Whatever size a place has, there is less than it holds, just as much, a byte more, and more than two of them hold.
    [Theory]
    [InlineData(1024)]
    [InlineData(2048)]
    [InlineData(4096)]
    [InlineData(8192)]
    [InlineData(16_384)]
    public async Task What_fills_a_place_or_more_than_one_arrives_whole_in_order_and_at_its_own_reader(int size)
    {
        int[] sizes = [size - 1, size, size + 1, (2 * size) + 7];
        Reader[] readers = [.. sizes.Select(_ => new Reader())];
        (LoopConnection Connection, int Fd, Socket Peer)[] ends = await ConnectAsync(readers);

        for (int round = 1; round <= 2; round++)
        {
            byte[][] sent = [.. sizes.Select((count, i) => Pattern(count, seed: (round * 10) + i))];
            await _batch.ArriveAsync([.. ends.Select((end, i) => (end.Fd, end.Peer, sent[i]))]);
            for (int i = 0; i < sizes.Length; i++)
            {
                Assert.Equal(sent[i], await readers[i].TakeAsync(sizes[i]));
            }
        }

        Assert.Empty(_batch.Owner.Heard);
    }

    [Fact]
    public async Task A_fault_in_one_leaves_those_beside_it_served()
    {
        Reader[] readers = [.. Enumerable.Range(0, 4).Select(i => i == 1 ? new Reader(() => throw new InvalidOperationException("bug")) : new Reader())];
        (LoopConnection Connection, int Fd, Socket Peer)[] ends = await ConnectAsync(readers);

        await _batch.ArriveAsync([.. ends.Select((end, i) => (end.Fd, end.Peer, Pattern(100, i)))]);

        foreach (int i in (int[])[0, 2, 3])
        {
            Assert.Equal(Pattern(100, i), await readers[i].TakeAsync(100));
        }

        await ends[1].Connection.Closed.WaitAsync(TransportBatch.Patience);
        Assert.Equal("bug", (await readers[1].Ended.WaitAsync(TransportBatch.Patience))!.Message);
        Assert.Equal(["handler: bug"], _batch.Owner.Heard);
        await _batch.ArriveAsync([.. ends.Where((_, i) => i != 1).Select((end, i) => (end.Fd, end.Peer, Pattern(50, i)))]);
        Assert.Equal(Pattern(50, 0), await readers[0].TakeAsync(50));
        Assert.Equal(Pattern(50, 1), await readers[2].TakeAsync(50));
        Assert.Equal(Pattern(50, 2), await readers[3].TakeAsync(50));
    }

    // The first one closes all others; one that comes into being meanwhile has a closed one's descriptor and place.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task One_that_is_closed_by_another_beside_it_is_not_called_and_its_place_is_free_again(bool takesAhead)
    {
        List<string> ran = [];
        List<Watched> all = [];
        var begin = new Posted(() =>
        {
            for (int i = 0; i < 4; i++)
            {
                all.Add(new Watched(_batch.Loop, takesAhead, Ready));
            }
        });

        void Ready(Watched first)
        {
            ran.Add("first");
            foreach (Watched one in all)
            {
                one.Close();
            }

            _ = new Watched(_batch.Loop, takesAhead, late =>
            {
                ran.Add("late");
                late.Close();
            });
        }

        _batch.Loop.Post(begin);
        await begin.Ran;
        await _batch.BarrierAsync(); // it runs behind the four
        await _batch.BarrierAsync(); // and this one behind the late one

        Assert.Equal(["first", "late"], ran);
        Assert.Empty(_batch.Owner.Heard);
    }

    [Fact]
    public async Task What_is_postponed_has_its_turn_in_order_before_the_loop_sleeps_and_from_another_thread_it_is_refused()
    {
        List<string> ran = [];
        bool[] taken = new bool[3];
        Assert.False(_batch.Loop.Postpone(() => ran.Add("elsewhere")));
        var first = new Posted(() =>
        {
            taken[0] = _batch.Loop.Postpone(() =>
            {
                ran.Add("first");
                taken[2] = _batch.Loop.Postpone(() => ran.Add("third"));
            });
            taken[1] = _batch.Loop.Postpone(() => ran.Add("second"));
            ran.Add("work");
        });

        _batch.Loop.Post(first);
        await first.Ran;
        await _batch.BarrierAsync();

        Assert.Equal(["work", "first", "second", "third"], ran);
        Assert.All(taken, Assert.True);
    }

    [Fact]
    public async Task What_is_postponed_while_the_loop_ends_still_runs()
    {
        bool ran = false;
        var last = new Ending(() => Assert.True(_batch.Loop.Postpone(() => ran = true)));
        var begin = new Posted(() => _batch.Loop.Watch(last, last.Fd, Libc.EPOLLIN));
        _batch.Loop.Post(begin);
        await begin.Ran;

        await Task.Run(_batch.Loop.Dispose).WaitAsync(TransportBatch.Patience);

        Assert.True(ran);
        _ = Libc.Close(last.Fd);
    }

    private static byte[] Pattern(int count, int seed) => [.. Enumerable.Range(0, count).Select(i => (byte)((i * 7) + (i >> 8) + (seed * 31)))];

    private async Task<(LoopConnection Connection, int Fd, Socket Peer)[]> ConnectAsync(Reader[] readers)
    {
        var ends = new (LoopConnection Connection, int Fd, Socket Peer)[readers.Length];
        for (int i = 0; i < ends.Length; i++)
        {
            ends[i] = await _batch.ConnectAsync();
            ends[i].Connection.ReadFor(readers[i]);
        }

        return ends;
    }

    private sealed class Reader(Action? onData = null) : ILoopReader
    {
        private readonly Lock _gate = new();
        private readonly TaskCompletionSource<Exception?> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly List<byte> _heard = [];

        public Task<Exception?> Ended => _ended.Task;

        /// <summary>So many bytes, once they are there; any that came beyond them, too.</summary>
        public async Task<byte[]> TakeAsync(int count)
        {
            await Eventually.TrueAsync(() => Count() >= count, $"{count} bytes", TransportBatch.Patience);
            lock (_gate)
            {
                byte[] all = [.. _heard];
                _heard.Clear();
                return all;
            }
        }

        public bool OnAttached() => true;

        public bool OnData(Span<byte> data)
        {
            onData?.Invoke();
            lock (_gate)
            {
                _heard.AddRange(data);
            }

            return true;
        }

        public void OnEnd(Exception? error) => _ended.TrySetResult(error);

        private int Count()
        {
            lock (_gate)
            {
                return _heard.Count;
            }
        }
    }

    private sealed class Posted(Action run) : LoopHandler
    {
        private readonly TaskCompletionSource _ran = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public Task Ran => _ran.Task.WaitAsync(TransportBatch.Patience);

        public override void OnPosted()
        {
            run();
            _ran.TrySetResult();
        }

        public override void OnFault(Exception error) => _ran.TrySetException(error);
    }

    private sealed class Ending(Action end) : LoopHandler
    {
        public int Fd { get; } = Libc.EventFd(0, 0);

        public override void OnPosted()
        {
        }

        public override void OnFault(Exception error) => end();
    }

    // Ready from its beginning.
    private sealed class Watched : LoopHandler
    {
        private readonly EventLoop _loop;
        private readonly bool _takesAhead;
        private readonly Action<Watched> _ready;
        private readonly int _fd = Libc.EventFd(1, 0);

        public Watched(EventLoop loop, bool takesAhead, Action<Watched> ready)
        {
            (_loop, _takesAhead, _ready) = (loop, takesAhead, ready);
            loop.Watch(this, _fd, Libc.EPOLLIN);
        }

        public void Close()
        {
            _loop.Forget(this);
            _ = Libc.Close(_fd);
        }

        public override bool TryReceive(uint events, Span<byte> slot) => _takesAhead;

        public override void OnReceived(Span<byte> slot) => _ready(this);

        public override void OnReady(uint events) => _ready(this);

        public override void OnPosted()
        {
        }

        public override void OnFault(Exception error)
        {
        }
    }
}
