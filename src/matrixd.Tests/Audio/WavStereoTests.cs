using Matrixd.Audio;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Audio;

public sealed class WavStereoTests
{
    [Fact]
    public void Any_number_of_samples_stands_side_by_side()
    {
        for (int count = 0; count < 70; count++)
        {
            short[] left = AudioSignals.Noise(count, seed: 1), right = AudioSignals.Noise(count, seed: 2);
            short[] both = new short[(2 * count) + 3];
            both.AsSpan().Fill(7);
            WavStereo.Interleave(left, right, both);

            Assert.Equal(left.Zip(right).SelectMany(pair => new[] { pair.First, pair.Second }), both[..(2 * count)]);
            Assert.Equal([7, 7, 7], both[(2 * count)..]); // and nothing behind them
        }
    }

    [Fact]
    public void Sides_of_different_lengths_and_too_little_room_are_refused()
    {
        short[] both = new short[3];

        Assert.Throws<ArgumentException>(() => WavStereo.Interleave(new short[2], new short[1], both));
        Assert.Throws<ArgumentException>(() => WavStereo.Interleave(new short[2], new short[2], both));
        Assert.Equal(new short[3], both);
    }
}
