using System.Diagnostics;

namespace Matrixd.Bench.Audio;

/// <summary>What 20 ms cost: all converters take turns in batches of a millisecond, so that whatever slows the machine down meets all of them alike.</summary>
/// <param name="FastestNs">Of a block, in the fastest batch.</param>
/// <param name="MedianNs">In the median batch.</param>
internal readonly record struct Speed(double FastestNs, double MedianNs)
{
    private const int Rounds = 200;
    private const int WarmUp = 5;

    public static Speed[] Of(IReadOnlyList<Candidate> candidates, Conversion conversion)
    {
        short[] input = Signals.Noise(conversion.BlockSamples);
        short[] output = new short[16 * conversion.To / 50];
        IConverter[] converters = [.. candidates.Select(c => c.Create(conversion.From, conversion.To))];
        int[] counts = [.. converters.Select(c => Calibrate(c, input, output))];
        double[][] batches = [.. converters.Select(_ => new double[Rounds])];
        for (int round = -WarmUp; round < Rounds; round++)
        {
            for (int i = 0; i < converters.Length; i++)
            {
                batches[i][Math.Max(0, round)] = Run(converters[i], input, output, counts[i]) / counts[i];
            }
        }

        foreach (IConverter converter in converters)
        {
            converter.Dispose();
        }

        return [.. batches.Select(batch =>
        {
            Array.Sort(batch);
            return new Speed(batch[0], batch[Rounds / 2]);
        })];
    }

    private static int Calibrate(IConverter converter, short[] input, short[] output)
    {
        int count = 1;
        while (Enumerable.Range(0, 3).Min(_ => Run(converter, input, output, count)) < 1e6) // one that was interrupted says nothing
        {
            count *= 2;
        }

        return count;
    }

    private static double Run(IConverter converter, short[] input, short[] output, int count)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
        {
            converter.Process(input, output);
        }

        return Stopwatch.GetElapsedTime(start).TotalNanoseconds;
    }
}
