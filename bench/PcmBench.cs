using BenchmarkDotNet.Attributes;
using Matrixd.Audio;

namespace Matrixd.Bench;

/// <summary>What else is done with each 20 ms of audio.</summary>
[MemoryDiagnoser, MinColumn]
public class PcmBench
{
    private readonly AudioQueue _queue = new(64_000);
    private readonly byte[] _frame = new byte[960]; // 20 ms at 24 kHz
    private readonly short[] _samples = new short[480];

    [GlobalSetup]
    public void SetUp()
    {
        var random = new Random(1);
        random.NextBytes(_frame);
        Array.ForEach(Enumerable.Range(0, 480).ToArray(), i => _samples[i] = (short)random.Next(-20000, 20000));
    }

    [Benchmark]
    public int Queue_write_and_read_of_20_ms()
    {
        _queue.Write(_frame);
        return _queue.Read(_frame);
    }

    [Benchmark]
    public double Level_of_20_ms() => PcmLevel.RmsDbfs(_samples);

    [Benchmark]
    public double Peak_of_20_ms() => PcmLevel.PeakDbfs(_samples);
}
