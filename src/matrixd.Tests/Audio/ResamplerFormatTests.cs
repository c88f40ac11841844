using Matrixd.Audio;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Audio;

/// <summary>16-bit and floating-point samples, in every combination.</summary>
public class ResamplerFormatTests
{
    public static TheoryData<int, int, ResamplerQuality> Pairs
    {
        get
        {
            TheoryData<int, int, ResamplerQuality> pairs = AudioSignals.Pairs;
            pairs.Add(16000, 16000, ResamplerQuality.Default);
            return pairs;
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Every_combination_gives_the_same_sound_in_any_blocks(int inputRate, int outputRate, ResamplerQuality quality)
    {
        short[] pcm = AudioSignals.Noise(4001, seed: 1);
        float[] floats = [.. pcm.Select(s => s / 32768f)];
        short[] expected = AudioSignals.Resample(Resampler.Create(inputRate, outputRate, quality), pcm, pcm.Length);
        float[] exact = AudioSignals.Resample(Resampler.Create(inputRate, outputRate, quality), floats, floats.Length);
        short[] rounded = new short[exact.Length];
        Pcm.ToInt16(exact, rounded);
        Assert.Equal(expected, rounded);

        var random = new Random(2);
        foreach (Func<int> block in new Func<int>[] { () => 1, () => 7, () => 480, () => random.Next(0, 700) })
        {
            Assert.Equal(expected, Run<float, short>(floats, block, (r, x, y) => r.Process(x, y)));
            Assert.Equal(exact, Run<short, float>(pcm, block, (r, x, y) => r.Process(x, y)));
            Assert.Equal(exact, Run<float, float>(floats, block, (r, x, y) => r.Process(x, y)));
        }

        TOut[] Run<TIn, TOut>(TIn[] input, Func<int> block, Func<Resampler, TIn[], TOut[], int> process)
        {
            Resampler resampler = Resampler.Create(inputRate, outputRate, quality);
            var output = new List<TOut>();
            for (int at = 0; at < input.Length;)
            {
                int length = Math.Min(block(), input.Length - at);
                var part = new TOut[resampler.OutputLength(length)];
                Assert.Equal(part.Length, process(resampler, input[at..(at + length)], part));
                output.AddRange(part);
                at += length;
            }

            return [.. output];
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void What_is_no_number_is_silence_in_16_bits_and_passes_by(int inputRate, int outputRate, ResamplerQuality quality)
    {
        Resampler resampler = Resampler.Create(inputRate, outputRate, quality);
        float[] input = new float[2000];
        input[333] = float.NaN;
        short[] whole = new short[resampler.OutputLength(input.Length)];

        resampler.Process(input, whole);

        Assert.All(whole, sample => Assert.Equal(0, sample));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Numbers_too_small_to_be_quick_with_are_silence(int inputRate, int outputRate, ResamplerQuality quality)
    {
        Resampler resampler = Resampler.Create(inputRate, outputRate, quality);
        foreach (float tiny in new[] { 1e-25f, -1e-39f, float.Epsilon })
        {
            float[] input = [.. Enumerable.Repeat(tiny, 1001)];
            float[] output = AudioSignals.Resample(resampler, input, 77);

            Assert.All(output, y => Assert.Equal(inputRate == outputRate ? tiny : 0, y));
        }

        // What is just audible to a float is still there.
        float[] soft = AudioSignals.Resample(resampler, [.. Enumerable.Repeat(1e-12f, 2000)], 77);
        Assert.All(soft[(soft.Length / 2)..], y => Assert.Equal(1e-12f, y, 1e-15f));
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void Every_combination_allocates_nothing(int inputRate, int outputRate, ResamplerQuality quality)
    {
        Resampler resampler = Resampler.Create(inputRate, outputRate, quality);
        short[] pcm = new short[inputRate / 50], pcmOut = new short[outputRate / 25];
        float[] floats = new float[inputRate / 50], floatsOut = new float[outputRate / 25];
        Work();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Work();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Work()
        {
            resampler.Process(pcm, floatsOut);
            resampler.Process(floats, pcmOut);
            resampler.Process(floats, floatsOut);
            resampler.Process(pcm, pcmOut);
        }
    }
}
