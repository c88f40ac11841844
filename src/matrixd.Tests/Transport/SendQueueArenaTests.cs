using System.Text;
using Matrixd.Tests.Support;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

/// <summary>Queues whose frames wait in the memory that a loop's links share: whatever becomes of that memory, each sends its own bytes in their order.</summary>
public class SendQueueArenaTests
{
    private readonly TransportRound _round = new();

    [Fact]
    public void Frames_of_one_queue_lie_in_the_arena_in_one_piece()
    {
        Line line = new(_round.Arena);
        line.Add("ab", "c", "");

        ReadOnlyMemory<byte> next = line.Queue.Next();

        Assert.True(line.Queue.IsInArena);
        Assert.True(next.Span.Overlaps(_round.Arena.Place(0, TransportRound.ArenaBytes).Span));
        Assert.Equal("\u0081\u0002ab\u0081\u0001c\u0081\0", Text(next));
        line.Queue.Written(next.Length);
        Assert.Equal((0, false), (line.Queue.Count, line.Queue.IsInArena));
    }

    [Fact]
    public void A_queue_with_another_s_frames_behind_its_own_moves_out_and_keeps_its_order()
    {
        Line first = new(_round.Arena), second = new(_round.Arena);
        first.Add("a");
        second.Add("x");
        first.Add("b", "c");
        second.Add("y");

        Assert.Equal((false, true), (first.Queue.IsInArena, second.Queue.IsInArena));
        Assert.Equal("\u0081\u0001a\u0081\u0001b\u0081\u0001c", first.TakeAll());
        Assert.Equal("\u0081\u0001x\u0081\u0001y", second.TakeAll());
    }

    [Fact]
    public void A_queue_that_finds_the_arena_full_moves_out_and_keeps_its_order()
    {
        Line first = new(_round.Arena), second = new(_round.Arena);
        string large = new('a', TransportRound.ArenaBytes - 100);
        first.Add(large);
        second.Add("x");
        first.Add(new string('b', 200));
        second.Add("y");
        Line third = new(_round.Arena);
        third.Add(new string('z', 100));

        Assert.Equal(Frame(large) + Frame(new string('b', 200)), first.TakeAll());
        Assert.Equal(Frame("x") + Frame("y"), second.TakeAll());
        Assert.False(third.Queue.IsInArena);
        Assert.Equal(Frame(new string('z', 100)), third.TakeAll());
    }

    [Fact]
    public void What_another_thread_adds_stands_behind_what_the_loop_s_put_there()
    {
        Line line = new(_round.Arena);
        line.Add("a");

        TransportRound.Elsewhere(() => line.Add("b"));
        line.Add("c");

        Assert.False(line.Queue.IsInArena);
        Assert.Equal(Frame("a") + Frame("b") + Frame("c"), line.TakeAll());
    }

    [Fact]
    public void The_end_of_a_round_moves_what_waits_and_what_is_being_written_and_the_memory_used_anew_harms_neither()
    {
        Line line = new(_round.Arena), other = new(_round.Arena);
        other.Add("in front");
        line.Add("abcdef");
        Assert.Equal(8, line.Queue.Next().Length);
        line.Add("gh", "i");

        _round.End();
        other.TakeAll();
        other.Add(new string('?', 1000));

        Assert.False(line.Queue.IsInArena);
        Assert.Equal(15, line.Queue.Count);
        Assert.Equal(Frame("abcdef"), Text(line.Queue.Next()));
        line.Queue.Written(8);
        line.Add("j");
        Assert.Equal(Frame("gh") + Frame("i") + Frame("j"), line.TakeAll());
    }

    [Fact]
    public void What_is_kept_of_a_write_is_what_was_not_taken_and_stays_as_it_was()
    {
        Line line = new(_round.Arena);
        line.Add("abcdef");
        line.Queue.Next();

        ReadOnlyMemory<byte> rest = line.Queue.Keep(3);
        _round.End();

        Assert.Equal("bcdef", Text(rest));
        Assert.Equal((8, false), (line.Queue.Count, line.Queue.IsInArena)); // what was taken counts until the write has ended
        line.Queue.Written(2);
        Assert.Equal(3, line.Queue.Count);
        Assert.Equal("def", Text(line.Queue.Next()));
    }

    [Fact]
    public void Nothing_is_kept_of_a_write_that_was_taken_whole_and_what_waits_comes_after_its_end()
    {
        Line line = new(_round.Arena);
        line.Add("abc");
        line.Queue.Next();
        line.Add("d");

        Assert.Equal(0, line.Queue.Keep(5).Length);

        _round.End();
        Assert.Equal(8, line.Queue.Count);
        line.Queue.Written(0);
        Assert.Equal(3, line.Queue.Count);
        Assert.Equal(Frame("d"), line.TakeAll());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(64 * 1024)]
    public void A_long_backlog_in_the_arena_leaves_in_chunks_and_whole_however_much_of_one_is_taken(int taken)
    {
        Line line = new(_round.Arena);
        string message = new([.. Enumerable.Range(0, 200_000).Select(i => (char)(i % 251))]);
        line.Add(message);
        Assert.Equal(64 * 1024, line.Queue.Next().Length);

        ReadOnlyMemory<byte> rest = line.Queue.Keep(taken);
        _round.End();

        Assert.Equal(64 * 1024, rest.Length);
        string sent = Frame(message)[..taken] + Text(rest);
        line.Queue.Written(rest.Length);
        Assert.Equal(Frame(message), sent + line.TakeAll());
    }

    [Fact]
    public void What_is_dropped_in_the_arena_is_not_sent_and_what_comes_later_is()
    {
        Line line = new(_round.Arena);
        line.Add("being written");
        line.Queue.Next();
        line.Add("waits");

        line.Queue.DropPending();
        Assert.Equal(15, line.Queue.Count);
        line.Queue.DropInFlight();

        Assert.Equal((0, false), (line.Queue.Count, line.Queue.IsInArena));
        line.Add("later");
        _round.End();
        Assert.Equal(Frame("later"), line.TakeAll());
    }

    [Fact]
    public void What_waits_outlives_what_is_dropped_before_it()
    {
        Line line = new(_round.Arena);
        line.Add("being written");
        line.Queue.Next();
        line.Add("waits");

        line.Queue.DropInFlight();
        _round.End();

        Assert.Equal(Frame("waits"), line.TakeAll());
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Many_queues_with_everything_happening_to_them_send_what_they_were_given(int seed)
    {
        var random = new Random(seed);
        Line[] lines = [.. Enumerable.Range(0, 8).Select(_ => new Line(_round.Arena))];
        for (int step = 0; step < 6000; step++)
        {
            Line line = lines[random.Next(lines.Length)];
            string payload = new((char)random.Next(256), random.Next(40) == 0 ? random.Next(150_000) : random.Next(400));
            switch (random.Next(200))
            {
                case 0:
                    TransportRound.Elsewhere(() => line.Add(payload));
                    break;
                case < 100:
                    line.Add(payload);
                    break;
                case < 190:
                    line.Write(random);
                    break;
                default:
                    _round.End();
                    break;
            }
        }

        foreach (Line line in lines)
        {
            line.TakeAll();
            Assert.Equal(0, line.Queue.Count);
            Assert.True(line.Given.ToString() == line.Sent.ToString(), $"seed {seed}: {line.Given.Length} given, {line.Sent.Length} sent");
        }
    }

    private static string Frame(string payload) => Text(RawWebSocket.Frame(1, Encoding.Latin1.GetBytes(payload), mask: false));

    private static string Text(ReadOnlyMemory<byte> bytes) => Encoding.Latin1.GetString(bytes.Span);

    // A queue, what it was given and what it has sent, in Latin-1.
    private sealed class Line : IArenaUser
    {
        private ReadOnlyMemory<byte>? _underWay; // lent by Keep: to be read when the write ends

        public Line(SendArena arena) => Queue = new SendQueue(int.MaxValue, masked: false, arena, this);

        public SendQueue Queue { get; }

        public StringBuilder Given { get; } = new();

        public StringBuilder Sent { get; } = new();

        public void LeaveArena() => Queue.LeaveArena();

        public void Add(params string[] payloads)
        {
            foreach (string payload in payloads)
            {
                Given.Append(Frame(payload));
                Assert.True(Queue.TryAdd(WebSocketOpcode.Text, Encoding.Latin1.GetBytes(payload)));
            }
        }

        /// <summary>As a sender does: at once as far as it goes, and the rest later.</summary>
        public void Write(Random random)
        {
            if (_underWay is { } rest)
            {
                Sent.Append(Text(rest));
                _underWay = null;
                Queue.Written(rest.Length);
            }

            ReadOnlyMemory<byte> next = Queue.Next();
            int taken = random.Next(3) == 0 ? random.Next(next.Length + 1) : next.Length;
            Sent.Append(Text(next[..taken]));
            if (taken == next.Length && random.Next(4) > 0)
            {
                Queue.Written(taken);
            }
            else
            {
                _underWay = Queue.Keep(taken);
            }
        }

        public string TakeAll()
        {
            int before = Sent.Length;
            do
            {
                Write(new Random(1));
            }
            while (Queue.Count > 0 || _underWay is not null);

            return Sent.ToString(before, Sent.Length - before);
        }
    }
}
