using System.Security.Cryptography;
using Matrixd.Transport;
using Xunit;

namespace Matrixd.Tests.Transport;

public class FrameMaskTests
{
    [Fact]
    public void Every_length_and_offset_masks_as_the_RFC_says()
    {
        byte[] key = [0x37, 0xFA, 0x21, 0x3D];
        uint mask = BitConverter.ToUInt32(key);
        byte[] source = RandomNumberGenerator.GetBytes(300);
        for (int length = 0; length <= 300; length++)
        {
            for (int offset = 0; offset < 4; offset++)
            {
                byte[] expected = [.. source.Take(length).Select((b, i) => (byte)(b ^ key[(i + offset) % 4]))];
                byte[] apart = new byte[length];
                byte[] inPlace = source[..length];

                FrameMask.Apply(source.AsSpan(0, length), apart, mask, offset);
                FrameMask.Apply(inPlace, inPlace, mask, offset);

                Assert.Equal(expected, apart);
                Assert.Equal(expected, inPlace);
            }
        }
    }

    [Fact]
    public void Masks_differ_from_frame_to_frame()
    {
        uint[] masks = [.. Enumerable.Range(0, 3000).Select(_ => MaskSource.Next())];

        Assert.InRange(masks.Distinct().Count(), 2990, 3000);
    }
}
