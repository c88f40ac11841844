using BenchmarkDotNet.Attributes;
using Matrixd.Calls;

namespace Matrixd.Bench;

/// <summary>What a turn costs between the model's message and the caller's: 98 ms in, resampled, cut, paced.</summary>
[MemoryDiagnoser, MinColumn]
public class PlayoutBench
{
    private const int Rate = 8000;
    private const int PartSamples = 2352; // 98 ms at 24 kHz, the shortest part observed

    private readonly byte[] _part = new byte[PartSamples * 2];
    private readonly Ear _ear = new();
    private Playout _playout = null!;
    private long _now;

    [GlobalSetup]
    public void SetUp()
    {
        new Random(1).NextBytes(_part);
        _playout = new Playout(_ear, Rate, TimeSpan.FromMilliseconds(300), null, new CallCounters());
    }

    [Benchmark]
    public long Part_of_98_ms_taken_in_and_what_is_due_sent()
    {
        _playout.Write(_part, 24_000, _now);
        _now += PartSamples / 3;
        return _playout.Pump(_now);
    }

    [Benchmark]
    public long Tick_with_nothing_due() => _playout.Pump(_now);

    private sealed class Ear : ICallerLeg
    {
        public int QueuedBytes => 0;

        public void SendChunk(ReadOnlySpan<byte> pcm)
        {
        }

        public void SendMark(long mark)
        {
        }

        public void SendClear()
        {
        }

        public void Flush()
        {
        }

        public void Close(CallEndReason reason)
        {
        }
    }
}
