using Matrixd.Audio;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Audio;

/// <summary>The stream: blocks, lengths, ends.</summary>
public class ResamplerStreamTests
{
    public static TheoryData<int, int, ResamplerQuality> Pairs => AudioSignals.Pairs;

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Any_cut_into_blocks_gives_the_same_stream(int inputRate, int outputRate, ResamplerQuality quality)
    {
        short[] noise = AudioSignals.Noise(inputRate / 2, seed: 1);
        short[] whole = AudioSignals.Resample(Resampler.Create(inputRate, outputRate, quality), noise, noise.Length);

        foreach (int block in new[] { 1, 7, 160, 480, 2401 })
        {
            Assert.Equal(whole, AudioSignals.Resample(Resampler.Create(inputRate, outputRate, quality), noise, block));
        }

        var random = new Random(2);
        for (int round = 0; round < 5; round++)
        {
            Assert.Equal(whole, AudioSignals.Resample(Resampler.Create(inputRate, outputRate, quality), noise, () => random.Next(0, 700)));
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_output_is_the_convolution_with_the_prototype(int inputRate, int outputRate, ResamplerQuality quality)
    {
        ResamplerSpec spec = ResamplerSpecs.Find(inputRate, outputRate, quality);
        double[] taps = FilterDesign.LowPass(spec.Filter);
        float[] noise = AudioSignals.FloatNoise(1500, seed: 3);

        float[] actual = AudioSignals.Resample(Resampler.Create(inputRate, outputRate, quality), noise, 333);

        for (int t = 0; t < actual.Length; t++)
        {
            double expected = 0;
            for (int n = 0; n < noise.Length; n++)
            {
                int k = (t * spec.Decimation) - (n * spec.Interpolation);
                expected += k >= 0 && k < taps.Length ? noise[n] * taps[k] * spec.Interpolation : 0;
            }

            Assert.Equal(expected, actual[t], 2e-6);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_number_of_samples_is_exact_over_a_long_run(int inputRate, int outputRate, ResamplerQuality quality)
    {
        Resampler resampler = Resampler.Create(inputRate, outputRate, quality);
        var random = new Random(4);
        long read = 0;
        long written = 0;
        short[] input = new short[1000];
        short[] output = new short[resampler.MaxOutputLength(input.Length)];
        while (read < 60L * inputRate)
        {
            int length = random.Next(0, input.Length + 1);
            int foretold = resampler.OutputLength(length);
            Assert.Equal(foretold, resampler.Process(input.AsSpan(0, length), output));
            read += length;
            written += foretold;
            Assert.Equal(((read * outputRate) + inputRate - 1) / inputRate, written); // rounded up: nothing is held back
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Processing_allocates_nothing(int inputRate, int outputRate, ResamplerQuality quality)
    {
        Resampler resampler = Resampler.Create(inputRate, outputRate, quality);
        short[] input = AudioSignals.Noise(inputRate / 10, seed: 5);
        short[] output = new short[outputRate / 5];
        float[] floats = new float[outputRate / 5];
        float[] floatInput = new float[inputRate / 10];
        Work();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Work();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Work()
        {
            resampler.Process(input, output);
            resampler.Process(input.AsSpan(0, 7), output);
            resampler.Process(floatInput, floats);
            resampler.Flush(output);
            resampler.Reset();
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Full_scale_saturates_and_never_wraps(int inputRate, int outputRate, ResamplerQuality quality)
    {
        short[] square = [.. Enumerable.Range(0, 4000).Select(n => n / 37 % 2 == 0 ? short.MaxValue : short.MinValue)];
        float[] exact = AudioSignals.Resample(
            Resampler.Create(inputRate, outputRate, quality), [.. square.Select(s => s / 32768f)], 160);

        short[] output = AudioSignals.Resample(Resampler.Create(inputRate, outputRate, quality), square, 160);

        Assert.Contains(exact, y => y > 1);
        Assert.Contains(exact, y => y < -1);
        Assert.Equal(exact.Select(y => (short)Math.Clamp(Math.Round(y * 32768.0), short.MinValue, short.MaxValue)), output);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_constant_stays_what_it_is(int inputRate, int outputRate, ResamplerQuality quality)
    {
        foreach (short value in new short[] { short.MinValue, -1000, 0, 1, 20000, short.MaxValue })
        {
            short[] output = AudioSignals.Resample(
                Resampler.Create(inputRate, outputRate, quality), [.. Enumerable.Repeat(value, inputRate / 10)], 160);

            Assert.All(output[(outputRate / 50)..], sample => Assert.Equal(value, sample));
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_block_edge_makes_no_click(int inputRate, int outputRate, ResamplerQuality quality)
    {
        const double Hertz = 400;
        short[] output = AudioSignals.Resample(
            Resampler.Create(inputRate, outputRate, quality), AudioSignals.Tone(Hertz, -6, inputRate, inputRate), inputRate / 50);

        // The bend of a smooth tone is bounded everywhere by its own; two roundings of half a step and one, doubled, add at most 2.
        double bend = 16423 * Math.Pow(2 * Math.PI * Hertz / outputRate, 2);
        for (int t = outputRate / 50; t + 1 < output.Length; t++)
        {
            Assert.InRange(Math.Abs(output[t - 1] - (2 * output[t]) + output[t + 1]), 0, bend + 4);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_flush_brings_out_the_last_sample(int inputRate, int outputRate, ResamplerQuality quality)
    {
        foreach (int length in new[] { 1, 2, 3, 160, 481 })
        {
            Resampler resampler = Resampler.Create(inputRate, outputRate, quality);
            float[] impulse = new float[length];
            impulse[^1] = 0.5f;
            _ = AudioSignals.Resample(resampler, impulse, length);
            short[] tail = new short[resampler.FlushLength];

            Assert.Equal(tail.Length, resampler.Flush(tail));

            // The outputs next to the middle of the response are there: half a sample off it, a sinc is at 0.64 of its peak.
            double peak = 16384 * Math.Min(1, (double)outputRate / inputRate);
            Assert.InRange(tail.Max(), 0.55 * peak, 1.05 * peak);
            Assert.InRange(tail.Length, resampler.GroupDelaySamples - 2, resampler.GroupDelaySamples + 2); // the last input brought up to 3 itself
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_reset_equals_a_fresh_start(int inputRate, int outputRate, ResamplerQuality quality)
    {
        short[] noise = AudioSignals.Noise(1777, seed: 6);
        Resampler resampler = Resampler.Create(inputRate, outputRate, quality);
        short[] fresh = AudioSignals.Resample(resampler, noise, 160);

        resampler.Reset();

        Assert.Equal(fresh, AudioSignals.Resample(resampler, noise, 160));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_short_output_is_refused_and_the_stream_does_not_move(int inputRate, int outputRate, ResamplerQuality quality)
    {
        short[] noise = AudioSignals.Noise(320, seed: 7);
        short[] expected = AudioSignals.Resample(Resampler.Create(inputRate, outputRate, quality), noise, 320);
        Resampler resampler = Resampler.Create(inputRate, outputRate, quality);

        var refused = Assert.Throws<ArgumentException>(() => resampler.Process(noise, new short[expected.Length - 1]));

        Assert.Contains($"320 samples become {expected.Length}", refused.Message, StringComparison.Ordinal);
        Assert.Equal(expected, AudioSignals.Resample(resampler, noise, 320));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_value_that_is_no_number_passes_by(int inputRate, int outputRate, ResamplerQuality quality)
    {
        float[] input = new float[2000];
        input[333] = float.NaN;
        input[334] = float.PositiveInfinity;

        float[] output = AudioSignals.Resample(Resampler.Create(inputRate, outputRate, quality), input, 160);

        Assert.Contains(output, y => !float.IsFinite(y));
        Assert.All(output[..(330 * outputRate / inputRate)], y => Assert.Equal(0, y));
        Assert.All(output[(600 * outputRate / inputRate)..], y => Assert.Equal(0, y));
    }
}
