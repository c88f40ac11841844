using Matrixd.Audio;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Audio;

public class PcmLevelTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(31)]
    [InlineData(160)]
    [InlineData(4801)]
    public void Level_and_peak_are_those_of_the_plain_sum(int length)
    {
        short[] noise = AudioSignals.Noise(length, seed: length);
        double power = noise.Select(s => (double)s * s).DefaultIfEmpty(0).Average() / (32768.0 * 32768);
        int peak = noise.Select(s => Math.Abs((int)s)).DefaultIfEmpty(0).Max();

        Assert.Equal(10 * Math.Log10(power), PcmLevel.RmsDbfs(noise), 1e-9);
        Assert.Equal(peak, PcmLevel.Peak(noise));
        Assert.Equal(20 * Math.Log10(peak / 32768.0), PcmLevel.PeakDbfs(noise), 1e-9);
    }

    [Fact]
    public void A_full_scale_sine_is_three_decibels_below_a_full_scale_square()
    {
        Assert.Equal(-3.0103, PcmLevel.RmsDbfs(AudioSignals.Tone(1000, -0.001, 8000, 8000)), 0.01);
        Assert.Equal(0, PcmLevel.RmsDbfs([.. Enumerable.Repeat(short.MinValue, 999)]));
    }

    [Fact]
    public void The_most_negative_sample_does_not_overflow()
    {
        foreach (int length in new[] { 1, 16, 100 })
        {
            short[] lowest = [.. Enumerable.Repeat(short.MinValue, length)];

            Assert.Equal(32768, PcmLevel.Peak(lowest));
            Assert.Equal(0, PcmLevel.PeakDbfs(lowest));
            Assert.Equal(0, PcmLevel.RmsDbfs(lowest));
        }
    }

    [Fact]
    public void Silence_has_no_level()
    {
        Assert.Equal(double.NegativeInfinity, PcmLevel.RmsDbfs(new short[160]));
        Assert.Equal(double.NegativeInfinity, PcmLevel.PeakDbfs(new short[160]));
        Assert.Equal(double.NegativeInfinity, PcmLevel.RmsDbfs([]));
        Assert.Equal(double.NegativeInfinity, PcmLevel.PeakDbfs([]));
    }
}
