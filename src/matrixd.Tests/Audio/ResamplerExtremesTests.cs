using Matrixd.Audio;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Audio;

/// <summary>Very long runs, and inputs that no microphone makes.</summary>
public class ResamplerExtremesTests
{
    public static TheoryData<int, int, ResamplerQuality> Pairs => AudioSignals.Pairs;

    [Theory]
    [MemberData(nameof(Pairs))]
    public void After_a_hundred_million_samples_the_stream_is_where_it_should_be(int inputRate, int outputRate, ResamplerQuality quality)
    {
        const long Long = 100_000_000;
        Resampler resampler = Resampler.Create(inputRate, outputRate, quality);
        short[] input = AudioSignals.Noise(99_991, seed: 1); // prime: the stream's groups begin at ever new places of a block
        short[] output = new short[resampler.MaxOutputLength(input.Length)];
        long read = 0, written = 0;
        while (read < Long)
        {
            written += resampler.Process(input, output);
            read += input.Length;
        }

        Assert.Equal(((read * outputRate) + inputRate - 1) / inputRate, written);

        // After a silence to the next start of a group it sounds as on its first day.
        int group = inputRate / GreatestCommonDivisor(inputRate, outputRate);
        int silence = 6000 + (int)((group - ((read + 6000) % group)) % group);
        resampler.Process(new short[silence], output);
        short[] expected = AudioSignals.Resample(Resampler.Create(inputRate, outputRate, quality), input, input.Length);
        int length = resampler.Process(input, output);
        Assert.Equal(expected, output[..length]);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_loudest_and_the_strangest_come_out_as_the_exact_sum_rounded_and_saturated(int inputRate, int outputRate, ResamplerQuality quality)
    {
        foreach (short[] input in Extremes())
        {
            double[] exact = Exact(ResamplerSpecs.Find(inputRate, outputRate, quality), input);
            foreach (int block in new[] { 1, 13, 999 })
            {
                short[] output = AudioSignals.Resample(Resampler.Create(inputRate, outputRate, quality), input, block);

                // Half a step of rounding, and what single precision adds to it at full scale.
                Assert.Equal(exact.Length, output.Length);
                Assert.All(output.Zip(exact), pair => Assert.InRange(pair.First - Math.Clamp(pair.Second, short.MinValue, short.MaxValue), -0.55, 0.55));
            }
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_mean_of_loud_noise_is_kept(int inputRate, int outputRate, ResamplerQuality quality)
    {
        short[] noise = [.. AudioSignals.Noise(200_000, seed: 4).Select(s => (short)(s / 2)), .. new short[1000]]; // to its last echo

        short[] output = AudioSignals.Resample(Resampler.Create(inputRate, outputRate, quality), noise, 480);

        // A rounding that cut off would shift it by half a step.
        Assert.Equal(noise.Average(s => s), output.Average(s => s), 0.1);
    }

    private static IEnumerable<short[]> Extremes()
    {
        yield return [.. Enumerable.Repeat(short.MinValue, 777)];
        yield return [.. Enumerable.Repeat(short.MaxValue, 777)];
        yield return [.. Enumerable.Range(0, 777).Select(n => n % 2 == 0 ? short.MaxValue : short.MinValue)];
        yield return [.. Enumerable.Range(0, 777).Select(n => n / 8 % 2 == 0 ? short.MaxValue : short.MinValue)];
        yield return [.. Enumerable.Range(0, 777).Select(n => n == 400 ? short.MinValue : (short)0)];
        yield return [short.MinValue];
    }

    private static double[] Exact(ResamplerSpec spec, short[] input)
    {
        double[] taps = FilterDesign.LowPass(spec.Filter);
        int length = ((input.Length * spec.Interpolation) + spec.Decimation - 1) / spec.Decimation;
        var output = new double[length];
        for (int t = 0; t < length; t++)
        {
            for (int n = 0; n < input.Length; n++)
            {
                int k = (t * spec.Decimation) - (n * spec.Interpolation);
                output[t] += k >= 0 && k < taps.Length ? input[n] * taps[k] * spec.Interpolation : 0;
            }
        }

        return output;
    }

    private static int GreatestCommonDivisor(int a, int b) => b == 0 ? a : GreatestCommonDivisor(b, a % b);
}
