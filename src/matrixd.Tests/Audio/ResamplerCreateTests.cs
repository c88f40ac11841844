using Matrixd.Audio;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Audio;

public class ResamplerCreateTests
{
    [Theory]
    [InlineData(8000, 11025)]
    [InlineData(44100, 8000)]
    [InlineData(0, 0)]
    [InlineData(-8000, -8000)]
    public void A_pair_of_rates_without_a_design_is_refused_by_name(int inputRate, int outputRate)
    {
        var refused = Assert.Throws<ArgumentException>(() => Resampler.Create(inputRate, outputRate));

        Assert.Contains($"{inputRate} -> {outputRate} Hz", refused.Message, StringComparison.Ordinal);
        Assert.Contains("24000 -> 8000 Hz CleanEdge", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_quality_without_a_design_is_refused()
    {
        Assert.Throws<ArgumentException>(() => Resampler.Create(8000, 16000, ResamplerQuality.CleanEdge));
    }

    [Fact]
    public void The_model_speaks_to_the_phone_through_the_clean_edge()
    {
        Assert.Equal(Resampler.Create(24000, 8000, ResamplerQuality.CleanEdge).GroupDelay, Resampler.Create(24000, 8000).GroupDelay);
        Assert.NotEqual(Resampler.Create(24000, 8000, ResamplerQuality.LeastDelay).GroupDelay, Resampler.Create(24000, 8000).GroupDelay);
    }

    [Fact]
    public void Equal_rates_copy()
    {
        Resampler resampler = Resampler.Create(16000, 16000);
        short[] noise = AudioSignals.Noise(500, seed: 1);

        Assert.Equal(noise, AudioSignals.Resample(resampler, noise, 77));
        Assert.Equal(TimeSpan.Zero, resampler.GroupDelay);
        Assert.Equal(0, resampler.GroupDelaySamples);
        Assert.Equal(0, resampler.Flush([]));
    }

    [Fact]
    public void A_negative_length_is_refused()
    {
        Resampler resampler = Resampler.Create(8000, 16000);

        Assert.Throws<ArgumentOutOfRangeException>(() => resampler.OutputLength(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => resampler.MaxOutputLength(-1));
        Assert.Throws<OverflowException>(() => resampler.MaxOutputLength(int.MaxValue));
    }

    [Fact]
    public void Many_threads_may_create_at_once()
    {
        short[] noise = AudioSignals.Noise(480, seed: 2);
        short[] expected = AudioSignals.Resample(Resampler.Create(24000, 16000), noise, 480);
        var outputs = new short[8][];

        Parallel.For(0, outputs.Length, i => outputs[i] = AudioSignals.Resample(Resampler.Create(24000, 16000), noise, 480));

        Assert.All(outputs, output => Assert.Equal(expected, output));
    }
}
