using Matrixd.Audio;
using Xunit;

namespace Matrixd.Tests.Support;

/// <summary>Signals in, signals out.</summary>
internal static class AudioSignals
{
    public static TheoryData<int, int, ResamplerQuality> Pairs
    {
        get
        {
            var pairs = new TheoryData<int, int, ResamplerQuality>();
            foreach (ResamplerSpec spec in ResamplerSpecs.All)
            {
                pairs.Add(spec.InputRate, spec.OutputRate, spec.Quality);
            }

            return pairs;
        }
    }

    public static short[] Noise(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (short)random.Next(short.MinValue, short.MaxValue + 1))];
    }

    public static float[] FloatNoise(int length, int seed)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, length).Select(_ => (random.NextSingle() * 2) - 1)];
    }

    /// <summary>A sine, rounded to 16 bits.</summary>
    public static short[] Tone(double hertz, double dbfs, int sampleRate, int length)
    {
        double amplitude = 32768 * Math.Pow(10, dbfs / 20);
        return [.. Enumerable.Range(0, length).Select(n => (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * hertz * n / sampleRate)))];
    }

    public static short[] Resample(Resampler resampler, short[] input, int block) => Resample(resampler, input, () => block);

    /// <summary>Processes block by block, and checks that each block is as long as foretold.</summary>
    public static short[] Resample(Resampler resampler, short[] input, Func<int> block)
    {
        var output = new List<short>();
        for (int at = 0; at < input.Length;)
        {
            int length = Math.Min(block(), input.Length - at);
            var part = new short[resampler.OutputLength(length)];
            Assert.InRange(part.Length, 0, resampler.MaxOutputLength(length));
            Assert.Equal(part.Length, resampler.Process(input.AsSpan(at, length), part));
            output.AddRange(part);
            at += length;
        }

        return [.. output];
    }

    public static float[] Resample(Resampler resampler, float[] input, int block)
    {
        var output = new List<float>();
        for (int at = 0; at < input.Length; at += block)
        {
            int length = Math.Min(block, input.Length - at);
            var part = new float[resampler.OutputLength(length)];
            Assert.Equal(part.Length, resampler.Process(input.AsSpan(at, length), part));
            output.AddRange(part);
        }

        return [.. output];
    }
}
