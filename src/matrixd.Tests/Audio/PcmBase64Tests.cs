using System.Runtime.InteropServices;
using System.Text;
using Matrixd.Audio;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Audio;

public class PcmBase64Tests
{
    [Fact]
    public void Any_length_goes_to_text_and_back()
    {
        for (int length = 0; length < 700; length++)
        {
            short[] pcm = AudioSignals.Noise(length, seed: length);
            byte[] text = new byte[PcmBase64.EncodedLength(length)];
            short[] back = new short[length];

            Assert.Equal(text.Length, PcmBase64.Encode(pcm, text));
            Assert.Equal(Convert.ToBase64String(MemoryMarshal.AsBytes(pcm.AsSpan())), Encoding.ASCII.GetString(text));
            Assert.Equal(length, PcmBase64.Decode(text, back));
            Assert.Equal(pcm, back);
        }
    }

    [Fact]
    public void The_lower_byte_comes_first()
    {
        byte[] text = new byte[4];
        PcmBase64.Encode([0x0201], text);

        Assert.Equal("AQI=", Encoding.ASCII.GetString(text));
    }

    [Theory]
    [InlineData("AQIDBA=")] // cut off
    [InlineData("AQI!")]
    [InlineData("AQID")] // one sample and a half
    [InlineData("AQIDBAUGBwg=")] // does not fit
    public void Other_text_is_refused(string text)
    {
        byte[] pcm = new byte[6];

        Assert.False(PcmBase64.TryDecode(Encoding.ASCII.GetBytes(text), pcm, out int bytes));
        Assert.Equal(0, bytes);
        Assert.Equal(-1, PcmBase64.Decode(Encoding.ASCII.GetBytes(text), new short[3]));
    }

    [Fact]
    public void Lengths_out_of_range_are_refused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => PcmBase64.EncodedLength(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => PcmBase64.EncodedLength(int.MaxValue));
        Assert.True(PcmBase64.EncodedLength(805_306_365) > 0);
        Assert.Contains("8 characters, 7", Assert.Throws<ArgumentException>(() => PcmBase64.Encode([1, 2, 3], new byte[7])).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_allocated()
    {
        short[] pcm = AudioSignals.Noise(480, seed: 1);
        byte[] text = new byte[PcmBase64.EncodedLength(480)];
        Work();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Work();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Work()
        {
            PcmBase64.Encode(pcm, text);
            PcmBase64.Decode(text, pcm);
        }
    }
}
