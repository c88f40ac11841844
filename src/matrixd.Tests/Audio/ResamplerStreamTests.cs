using Matrixd.Audio;
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
}
