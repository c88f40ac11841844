using Matrixd.Audio;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Audio;

public class PcmTests
{
    [Fact]
    public void Every_value_goes_to_floating_point_and_back()
    {
        short[] all = [.. Enumerable.Range(short.MinValue, 65536).Select(i => (short)i)];
        float[] floats = new float[all.Length];
        short[] back = new short[all.Length];

        Pcm.ToFloat(all, floats);
        Pcm.ToInt16(floats, back);

        Assert.Equal(all.Select(s => s / 32768f), floats);
        Assert.Equal(all, back);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(8)]
    [InlineData(33)]
    public void Any_length_is_rounded_and_saturated_alike(int length)
    {
        float[] samples = [.. AudioSignals.FloatNoise(length, seed: length).Select(x => 3 * x)];
        short[] pcm = [.. Enumerable.Repeat((short)77, length + 1)];

        Pcm.ToInt16(samples, pcm);

        Assert.Equal(samples.Select(x => (short)Math.Clamp(Math.Round(x * 32768.0), -32768, 32767)), pcm[..length]);
        Assert.Equal(77, pcm[length]);
    }

    [Fact]
    public void Ties_go_to_even_and_what_is_no_number_is_silence()
    {
        float[] samples = [0.5f / 32768, 1.5f / 32768, -0.5f / 32768, -2.5f / 32768, float.NaN, float.PositiveInfinity, float.NegativeInfinity, float.MaxValue, float.NaN, 1.5f / 32768];
        short[] pcm = new short[samples.Length];

        Pcm.ToInt16(samples, pcm);

        Assert.Equal([0, 2, 0, -2, 0, 32767, -32768, 32767, 0, 2], pcm);
    }

    [Fact]
    public void A_short_output_is_refused_untouched()
    {
        float[] floats = [5];
        short[] pcm = [5];

        Assert.Throws<ArgumentException>(() => Pcm.ToFloat([1, 2], floats));
        Assert.Throws<ArgumentException>(() => Pcm.ToInt16([1, 2], pcm));

        Assert.Equal([5], floats);
        Assert.Equal([5], pcm);
    }
}
