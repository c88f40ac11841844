using Matrixd.Audio;
using Xunit;

namespace Matrixd.Tests.Audio;

public class AudioQueueTests
{
    [Fact]
    public void Bytes_come_out_in_the_order_they_went_in()
    {
        var queue = new AudioQueue(100_000);
        var random = new Random(1);
        var model = new Queue<byte>();
        byte next = 0;
        for (int round = 0; round < 3000; round++)
        {
            byte[] pcm = [.. Enumerable.Range(0, random.Next(0, 1500) * 2).Select(_ => next++)];
            int taken = queue.Write(pcm);
            Assert.Equal(Math.Min(pcm.Length, 100_000 - model.Count), taken);
            next = (byte)(next - (pcm.Length - taken));
            Array.ForEach(pcm[..taken], model.Enqueue);

            byte[] read = new byte[random.Next(0, 1500) * 2];
            int count = queue.Read(read);
            Assert.Equal(Math.Min(read.Length, model.Count), count);
            Assert.Equal(Take(model, count), read[..count]);
            Assert.Equal(model.Count, queue.Count);
            Assert.Equal(100_000 - model.Count, queue.Free);
        }

        queue.Clear();
    }

    [Fact]
    public void A_full_queue_takes_what_fits()
    {
        var queue = new AudioQueue(10);

        Assert.Equal(6, queue.Write([0, 1, 2, 3, 4, 5]));
        Assert.Equal(4, queue.Write([6, 7, 8, 9, 10, 11]));
        Assert.Equal(0, queue.Write([12, 13]));

        Assert.Equal([0, 1, 2, 3, 4, 5, 6, 7, 8, 9], Drain(queue));
    }

    [Fact]
    public void The_oldest_samples_are_dropped_whole()
    {
        var queue = new AudioQueue(6);
        queue.Write([0, 1, 2, 3, 4, 5]);

        queue.WriteDroppingOldest([6, 7, 8], out int dropped);

        Assert.Equal(4, dropped); // three bytes too many are two samples
        Assert.Equal([4, 5, 6, 7, 8], Drain(queue));
    }

    [Fact]
    public void Of_more_than_the_capacity_the_newest_stays()
    {
        var queue = new AudioQueue(4);
        queue.Write([0, 1]);

        queue.WriteDroppingOldest([2, 3, 4, 5, 6, 7, 8, 9], out int dropped);

        Assert.Equal(6, dropped);
        Assert.Equal([6, 7, 8, 9], Drain(queue));
    }

    [Fact]
    public void Nothing_is_dropped_while_there_is_room()
    {
        var queue = new AudioQueue(4);

        queue.WriteDroppingOldest([1, 2, 3, 4], out int dropped);

        Assert.Equal(0, dropped);
        Assert.Equal([1, 2, 3, 4], Drain(queue));
    }

    [Fact]
    public void Skipping_drops_the_oldest()
    {
        var queue = new AudioQueue(20_000);
        byte[] pcm = new byte[20_000];
        new Random(2).NextBytes(pcm);
        queue.Write(pcm);

        Assert.Equal(9_000, queue.Skip(9_000));
        Assert.Equal(pcm[9_000..], Drain(queue));
        Assert.Equal(0, queue.Skip(2));
        Assert.Throws<ArgumentOutOfRangeException>(() => queue.Skip(-1));
    }

    [Fact]
    public void A_cleared_queue_is_empty_and_works_on()
    {
        var queue = new AudioQueue(100_000);
        queue.Write(new byte[50_000]);

        queue.Clear();

        Assert.Equal(0, queue.Count);
        Assert.Equal(100_000, queue.Free);
        queue.Write([1, 2]);
        Assert.Equal([1, 2], Drain(queue));
        queue.Clear();
    }

    [Theory]
    [InlineData(AudioBlocks.Size)]
    [InlineData(AudioBlocks.Size - 2)]
    [InlineData(AudioBlocks.Size + 2)]
    [InlineData(3 * AudioBlocks.Size)]
    public void The_seams_between_blocks_do_not_show(int length)
    {
        var queue = new AudioQueue(4 * AudioBlocks.Size);
        byte[] pcm = new byte[length];
        for (int round = 0; round < 5; round++)
        {
            new Random(round).NextBytes(pcm);
            Assert.Equal(length, queue.Write(pcm));
            Assert.Equal(pcm, Drain(queue));
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Queues_beside_each_other_keep_their_own_bytes_through_any_writes_reads_and_drops(int seed)
    {
        const int Capacity = 30 * AudioBlocks.Size;
        var random = new Random(seed);
        AudioQueue[] queues = [new(Capacity), new(Capacity), new(Capacity)];
        Queue<byte>[] models = [new(), new(), new()];
        for (int step = 0; step < 3_000; step++)
        {
            int i = random.Next(queues.Length);
            byte[] bytes = new byte[random.Next(3 * AudioBlocks.Size)];
            switch (random.Next(4))
            {
                case 0 or 1:
                    random.NextBytes(bytes);
                    foreach (byte b in bytes.AsSpan(0, queues[i].Write(bytes)))
                    {
                        models[i].Enqueue(b);
                    }

                    break;
                case 2:
                    int read = queues[i].Read(bytes);
                    Assert.Equal(Take(models[i], read), bytes[..read]);
                    break;
                default:
                    Take(models[i], queues[i].Skip(bytes.Length));
                    break;
            }

            Assert.Equal(models[i].Count, queues[i].Count);
        }

        Assert.All(queues.Zip(models), pair => Assert.Equal(pair.Second.ToArray(), Drain(pair.First)));
    }

    [Fact]
    public void Nothing_is_allocated_in_steady_state()
    {
        var queues = new AudioQueue[20];
        for (int i = 0; i < queues.Length; i++)
        {
            queues[i] = new AudioQueue(200_000);
        }

        byte[] turn = new byte[48_000];
        byte[] frame = new byte[960];
        // Tests beside this one share the pool: what they hold has to be made anew once, and stays.
        long allocated = long.MaxValue;
        for (int round = 0; round < 20 && allocated != 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            Work();
            allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        }

        Assert.Equal(0, allocated);

        void Work()
        {
            foreach (AudioQueue queue in queues)
            {
                queue.Write(turn);
                queue.WriteDroppingOldest(turn, out _);
            }

            foreach (AudioQueue queue in queues)
            {
                for (int i = 0; i < 50; i++)
                {
                    queue.Read(frame);
                }

                queue.Clear();
            }
        }
    }

    [Fact]
    public void Queues_on_many_threads_share_segments_and_nothing_else()
    {
        Parallel.For(0, 16, owner =>
        {
            var queue = new AudioQueue(64_000);
            byte[] pcm = new byte[20_000];
            Array.Fill(pcm, (byte)owner);
            for (int round = 0; round < 50; round++)
            {
                queue.Write(pcm);
                Assert.Equal(pcm, Drain(queue));
            }
        });
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-2)]
    [InlineData(7)]
    public void A_capacity_must_be_positive_and_even(int capacity)
    {
        var refused = Assert.Throws<ArgumentOutOfRangeException>(() => new AudioQueue(capacity));

        Assert.Equal(capacity, refused.ActualValue);
    }

    private static byte[] Drain(AudioQueue queue)
    {
        byte[] all = new byte[queue.Count + 2];
        int count = queue.Read(all);
        Assert.Equal(0, queue.Count);
        return all[..count];
    }

    private static byte[] Take(Queue<byte> from, int count) => [.. Enumerable.Range(0, count).Select(_ => from.Dequeue())];
}
