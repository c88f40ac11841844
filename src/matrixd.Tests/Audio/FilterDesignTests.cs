using Matrixd.Audio;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Audio;

public class FilterDesignTests
{
    [Theory]
    [InlineData(16000, 3400, 4600, 0.001, 96)] // half-band
    [InlineData(24000, 3400, 4600, 0.001, 96)] // third-band
    [InlineData(32000, 3500, 4500, 0.001, 80)] // quarter-band
    [InlineData(24000, 3400, 4000, 0.001, 96)]
    [InlineData(48000, 20000, 22000, 0.1, 60)]
    [InlineData(8000, 100, 900, 1, 40)]
    public void A_filter_meets_its_specification(double rate, double pass, double stop, double ripple, double attenuation)
    {
        double[] taps = FilterDesign.LowPass(new FilterSpec(rate, pass, stop, ripple, attenuation));

        double step = rate / taps.Length / 20;
        for (double f = 0; f <= pass; f += step)
        {
            Assert.InRange(AudioImpulseResponse.GainDb(taps, f, rate), -ripple * 1.06, ripple); // 1 - d is a little more in dB than 1 + d
        }

        for (double f = stop; f <= rate / 2; f += step)
        {
            Assert.InRange(AudioImpulseResponse.GainDb(taps, f, rate), double.NegativeInfinity, -attenuation);
        }
    }

    [Theory]
    [InlineData(16000, 3400, 4600, 2)]
    [InlineData(24000, 3400, 4600, 3)]
    [InlineData(48000, 7000, 9000, 3)]
    public void An_mth_band_filter_has_exact_zeros_and_an_exact_middle(double rate, double pass, double stop, int band)
    {
        double[] taps = FilterDesign.LowPass(new FilterSpec(rate, pass, stop, 0.001, 96));

        int middle = taps.Length / 2;
        Assert.Equal(1.0 / band, taps[middle]);
        for (int n = band; n <= middle; n += band)
        {
            Assert.Equal(0, taps[middle + n]);
            Assert.Equal(0, taps[middle - n]);
        }
    }

    [Fact]
    public void The_taps_are_symmetric_and_add_up_to_one()
    {
        foreach (ResamplerSpec spec in ResamplerSpecs.All)
        {
            double[] taps = FilterDesign.LowPass(spec.Filter);

            Assert.Equal(taps.Reverse(), taps);
            Assert.Equal(1, taps.Length % 2);
            Assert.Equal(1, taps.Sum(), 1e-12);
        }
    }

    [Theory]
    [InlineData(8000, 0, 1000, 0.1, 60)]
    [InlineData(8000, 1000, 1000, 0.1, 60)]
    [InlineData(8000, 1000, 4000, 0.1, 60)]
    [InlineData(8000, 1000, 2000, 0, 60)]
    [InlineData(8000, 1000, 2000, 0.1, 5)]
    [InlineData(8000, 1000, double.NaN, 0.1, 60)]
    public void A_specification_that_makes_no_filter_is_refused(double rate, double pass, double stop, double ripple, double attenuation)
    {
        var spec = new FilterSpec(rate, pass, stop, ripple, attenuation);

        var refused = Assert.Throws<ArgumentException>(() => FilterDesign.LowPass(spec));

        Assert.Contains(spec.ToString(), refused.Message, StringComparison.Ordinal);
    }
}
