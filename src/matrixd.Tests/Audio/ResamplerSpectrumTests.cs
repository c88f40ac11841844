using Matrixd.Audio;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Audio;

/// <summary>What the filters let through, what they keep away, and how long they take.</summary>
public class ResamplerSpectrumTests
{
    private const double Grid = 12.5; // [Hz] finer than the ripples of the longest filter: 24 kHz / 209 taps is 115 Hz

    public static TheoryData<int, int, ResamplerQuality> Pairs => AudioSignals.Pairs;

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_pass_band_is_flat_and_the_stop_band_is_silent(int inputRate, int outputRate, ResamplerQuality quality)
    {
        ResamplerSpec spec = ResamplerSpecs.Find(inputRate, outputRate, quality);
        FilterSpec filter = spec.Filter;
        double[] taps = AudioImpulseResponse.Measure(spec);

        for (double f = 0; f <= filter.PassHz; f += Grid)
        {
            Assert.InRange(AudioImpulseResponse.GainDb(taps, f, filter.SampleRate), -0.001, 0.001);
        }

        for (double f = filter.StopHz; f <= filter.SampleRate / 2; f += Grid)
        {
            Assert.InRange(AudioImpulseResponse.GainDb(taps, f, filter.SampleRate), double.NegativeInfinity, -96);
        }
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void The_phase_is_linear_and_the_delay_is_as_declared(int inputRate, int outputRate, ResamplerQuality quality)
    {
        ResamplerSpec spec = ResamplerSpecs.Find(inputRate, outputRate, quality);
        double[] taps = AudioImpulseResponse.Measure(spec);
        Resampler resampler = Resampler.Create(inputRate, outputRate, quality);

        int middle = Array.IndexOf(taps, taps.Max());

        for (int k = 0; k < taps.Length; k++)
        {
            int mirror = (2 * middle) - k;
            Assert.Equal(taps[k], mirror >= 0 && mirror < taps.Length ? taps[mirror] : 0, 1e-7);
        }

        Assert.Equal(middle / spec.Filter.SampleRate, resampler.GroupDelay.TotalSeconds, 1e-7);
        Assert.InRange(resampler.GroupDelaySamples - (resampler.GroupDelay.TotalSeconds * outputRate), -1e-3, 1);
    }

    [Theory]
    [InlineData(8000, 16000, ResamplerQuality.LeastDelay, 2.6)]
    [InlineData(16000, 8000, ResamplerQuality.LeastDelay, 2.6)]
    [InlineData(16000, 8000, ResamplerQuality.CleanEdge, 5.2)]
    [InlineData(8000, 24000, ResamplerQuality.LeastDelay, 2.6)]
    [InlineData(24000, 8000, ResamplerQuality.LeastDelay, 2.6)]
    [InlineData(24000, 8000, ResamplerQuality.Default, 5.2)]
    [InlineData(16000, 24000, ResamplerQuality.LeastDelay, 1.6)]
    [InlineData(24000, 16000, ResamplerQuality.LeastDelay, 1.6)]
    [InlineData(48000, 16000, ResamplerQuality.LeastDelay, 1.6)]
    public void The_delay_is_short(int inputRate, int outputRate, ResamplerQuality quality, double milliseconds)
    {
        Assert.InRange(Resampler.Create(inputRate, outputRate, quality).GroupDelay.TotalMilliseconds, 0, milliseconds);
    }

    [Theory]
    [MemberData(nameof(Pairs))]
    public void A_tone_comes_out_as_late_as_declared_and_as_loud(int inputRate, int outputRate, ResamplerQuality quality)
    {
        Resampler resampler = Resampler.Create(inputRate, outputRate, quality);
        foreach (double hertz in new[] { 333.3, 1234.5, 3111.1 })
        {
            resampler.Reset();
            short[] output = AudioSignals.Resample(resampler, AudioSignals.Tone(hertz, -1, inputRate, inputRate), 160);

            AudioSineFit tone = AudioSineFit.To(output.AsSpan(Settled(outputRate)), hertz, outputRate);

            double cycles = hertz * ((Settled(outputRate) / (double)outputRate) - resampler.GroupDelay.TotalSeconds);
            double late = (tone.Phase / (2 * Math.PI)) - cycles;
            Assert.Equal(0, late - Math.Round(late), 2e-4); // cycles; a TimeSpan is good for 50 ns
            Assert.Equal(-1, 20 * Math.Log10(tone.Amplitude / 32768), 0.002);
        }
    }

    // Rounding to 16 bits leaves -98.1 dB under a full-scale sine. On the way up most of the input's own rounding noise comes through as well.
    [Theory]
    [InlineData(8000, 16000, -1, -95.2)]
    [InlineData(8000, 16000, -20, -76.2)]
    [InlineData(8000, 24000, -1, -94.8)]
    [InlineData(8000, 24000, -20, -75.9)]
    [InlineData(16000, 24000, -1, -94.5)]
    [InlineData(16000, 24000, -20, -75.7)]
    [InlineData(24000, 8000, -1, -96.8)]
    [InlineData(24000, 8000, -20, -77.85)]
    [InlineData(16000, 8000, -1, -96.8)]
    [InlineData(16000, 8000, -20, -77.85)]
    [InlineData(24000, 16000, -1, -95.2)]
    [InlineData(24000, 16000, -20, -76.2)]
    [InlineData(48000, 16000, -1, -96.8)]
    [InlineData(48000, 16000, -20, -77.85)]
    public void Distortion_and_noise_are_those_of_rounding(int inputRate, int outputRate, double dbfs, double limitDb)
    {
        const double Hertz = 997; // prime: meets the samples at ever new phases
        short[] output = AudioSignals.Resample(
            Resampler.Create(inputRate, outputRate), AudioSignals.Tone(Hertz, dbfs, inputRate, 4 * inputRate), 160);

        AudioSineFit tone = AudioSineFit.To(output.AsSpan(Settled(outputRate)), Hertz, outputRate);

        Assert.InRange(tone.ResidualDb, -120, limitDb);
    }

    [Theory]
    [InlineData(8000, 16000, 3400)]
    [InlineData(8000, 24000, 3400)]
    [InlineData(16000, 24000, 7000)]
    public void Images_stay_at_the_rounding_noise_up_to_the_edge(int inputRate, int outputRate, double edge)
    {
        for (double hertz = 113.3; hertz < edge; hertz += edge / 20)
        {
            short[] output = AudioSignals.Resample(
                Resampler.Create(inputRate, outputRate), AudioSignals.Tone(hertz, -1, inputRate, inputRate), 160);

            // -96 dB of an image is as much again as the rounding noise, and only next to the edge.
            Assert.InRange(AudioSineFit.To(output.AsSpan(Settled(outputRate)), hertz, outputRate).ResidualDb, -120, -91.8);
        }
    }

    [Theory]
    [InlineData(24000, 8000, ResamplerQuality.LeastDelay, 4600, 11900)]
    [InlineData(24000, 8000, ResamplerQuality.CleanEdge, 4000, 11900)]
    [InlineData(16000, 8000, ResamplerQuality.LeastDelay, 4600, 7900)]
    [InlineData(16000, 8000, ResamplerQuality.CleanEdge, 4000, 7900)]
    [InlineData(24000, 16000, ResamplerQuality.LeastDelay, 9000, 11900)]
    [InlineData(48000, 16000, ResamplerQuality.LeastDelay, 9000, 23900)]
    public void A_tone_above_the_band_leaves_no_alias(int inputRate, int outputRate, ResamplerQuality quality, double from, double to)
    {
        for (double hertz = from; hertz <= to; hertz += (to - from) / 10)
        {
            short[] output = AudioSignals.Resample(
                Resampler.Create(inputRate, outputRate, quality), AudioSignals.Tone(hertz, -1, inputRate, inputRate / 4), 480);

            // -96 dB of full scale is half a step of 16 bits.
            Assert.All(output.AsSpan(Settled(outputRate)).ToArray(), sample => Assert.InRange(sample, -1, 1));
        }
    }

    // 20 ms, longer than every filter.
    private static int Settled(int sampleRate) => sampleRate / 50;
}
