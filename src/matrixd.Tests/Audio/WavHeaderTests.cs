using Matrixd.Audio;
using Xunit;

namespace Matrixd.Tests.Audio;

public class WavHeaderTests
{
    [Fact]
    public void The_header_is_what_the_format_says_byte_by_byte()
    {
        byte[] header = new byte[WavHeader.Length];

        WavHeader.Write(header, sampleRate: 8000, channels: 2, dataBytes: 0x01020304);

        Assert.Equal(
            "52494646" + "4C030201" + "57415645" // RIFF, data + 72, WAVE
            + "4A554E4B" + "1C000000" + new string('0', 56) // JUNK: room for long sizes
            + "666D7420" + "10000000" + "0100" + "0200" + "401F0000" + "007D0000" + "0400" + "1000" // fmt
            + "64617461" + "04030201", // data
            Convert.ToHexString(header));
    }

    [Theory]
    [InlineData(0xFFFF_FFB4L, "52494646" + "FCFFFFFF", "4A554E4B", "B4FFFFFF")] // the longest that 32 bits can say
    [InlineData(0xFFFF_FFB8L, "52463634" + "FFFFFFFF", "64733634", "FFFFFFFF")]
    [InlineData(1L << 40, "52463634" + "FFFFFFFF", "64733634", "FFFFFFFF")]
    public void Past_four_gibibytes_sizes_of_64_bits_take_the_room_kept_for_them(long dataBytes, string riff, string room, string dataSize)
    {
        byte[] header = new byte[WavHeader.Length];

        WavHeader.Write(header, 8000, 2, dataBytes);

        Assert.Equal(riff, Convert.ToHexString(header, 0, 8));
        Assert.Equal(room + "1C000000", Convert.ToHexString(header, 12, 8));
        Assert.Equal(dataSize, Convert.ToHexString(header, 76, 4));
        if (dataSize == "FFFFFFFF")
        {
            Assert.Equal(dataBytes + 72, BitConverter.ToInt64(header, 20));
            Assert.Equal(dataBytes, BitConverter.ToInt64(header, 28));
            Assert.Equal(dataBytes / 4, BitConverter.ToInt64(header, 36)); // instants
            Assert.Equal(0, BitConverter.ToInt32(header, 44)); // no table
        }
    }

    [Theory]
    [InlineData(0, 1, 0)]
    [InlineData(8000, 0, 0)]
    [InlineData(8000, 3, 0)]
    [InlineData(8000, 1, -1)]
    [InlineData(int.MaxValue, 1, 0)]
    public void Values_out_of_range_are_refused(int sampleRate, int channels, long dataBytes)
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => WavHeader.Write(new byte[WavHeader.Length], sampleRate, channels, dataBytes));
    }

    [Fact]
    public void A_short_destination_is_refused()
    {
        Assert.Throws<ArgumentException>(() => WavHeader.Write(new byte[WavHeader.Length - 1], 8000, 1, 0));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4, 4)]
    [InlineData(4003, 4000)]
    [InlineData(4002, 4000)]
    public void A_recording_cut_off_is_repaired(int dataBytes, int whole)
    {
        using MemoryStream wav = Recording(dataBytes, claimedBytes: 0x7777);

        Assert.True(WavHeader.Repair(wav));

        byte[] expected = new byte[WavHeader.Length];
        WavHeader.Write(expected, 8000, 2, whole);
        Assert.Equal(expected, wav.ToArray()[..WavHeader.Length]);
        Assert.Equal(WavHeader.Length + whole, wav.Length);
        Assert.All(wav.ToArray()[WavHeader.Length..], b => Assert.Equal(0x55, b));
        Assert.Equal(wav.Length, wav.Position);
        Assert.False(WavHeader.Repair(wav));
    }

    [Fact]
    public void A_torn_frame_behind_a_right_header_is_cut_off()
    {
        using MemoryStream wav = Recording(4001, claimedBytes: 4000);

        Assert.True(WavHeader.Repair(wav));

        Assert.Equal(WavHeader.Length + 4000, wav.Length);
    }

    [Fact]
    public void A_whole_recording_is_left_alone()
    {
        using MemoryStream wav = Recording(4000, claimedBytes: 4000);
        byte[] before = wav.ToArray();

        Assert.False(WavHeader.Repair(wav));

        Assert.Equal(before, wav.ToArray());
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(4003, 4000)]
    public void A_recording_with_the_plain_header_is_repaired_too(int dataBytes, int whole)
    {
        using var wav = new MemoryStream();
        wav.Write(Plain(0x7777));
        wav.Write(Enumerable.Repeat((byte)0x55, dataBytes).ToArray());

        Assert.True(WavHeader.Repair(wav));

        Assert.Equal([.. Plain(whole), .. Enumerable.Repeat((byte)0x55, whole)], wav.ToArray());
        Assert.False(WavHeader.Repair(wav));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(20)]
    [InlineData(44)]
    [InlineData(79)]
    public void A_file_cut_off_within_its_header_is_refused(int length)
    {
        using var wav = new MemoryStream();
        wav.Write(Recording(0, 0).ToArray().AsSpan(0, length));

        Assert.Throws<InvalidDataException>(() => WavHeader.Repair(wav));

        Assert.Equal(length, wav.Length);
    }

    [Theory]
    [InlineData(0, 'X')]
    [InlineData(8, 'X')]
    [InlineData(3, '4')] // long sizes without their chunk
    [InlineData(12, 'X')]
    [InlineData(16, 29)]
    [InlineData(56, 3)] // float samples
    [InlineData(58, 9)] // channels
    [InlineData(72, 'L')] // another chunk before the samples
    public void A_file_of_another_kind_is_refused_and_left_alone(int at, int value)
    {
        using MemoryStream wav = Recording(4003, claimedBytes: 1);
        wav.GetBuffer()[at] = (byte)value;
        byte[] before = wav.ToArray();

        Assert.Throws<InvalidDataException>(() => WavHeader.Repair(wav));

        Assert.Equal(before, wav.ToArray());
    }

    [Fact]
    public void A_file_is_repaired_by_its_path()
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, Recording(403, claimedBytes: 0).ToArray());

            Assert.True(WavHeader.Repair(path));
            Assert.False(WavHeader.Repair(path));

            WavAudio wav = WavFile.Read(path);
            Assert.Equal((8000, 2, 200), (wav.SampleRate, wav.Channels, wav.Samples.Length));
        }
        finally
        {
            File.Delete(path);
        }
    }

    // The header of whole files: 44 bytes.
    private static byte[] Plain(int dataBytes)
    {
        byte[] header = new byte[44];
        WavHeader.WritePlain(header, 8000, 2, dataBytes);
        return header;
    }

    // Stereo at 8 kHz; every sample byte is 0x55.
    private static MemoryStream Recording(int dataBytes, long claimedBytes)
    {
        byte[] header = new byte[WavHeader.Length];
        WavHeader.Write(header, 8000, 2, claimedBytes);
        var wav = new MemoryStream();
        wav.Write(header);
        wav.Write(Enumerable.Repeat((byte)0x55, dataBytes).ToArray());
        return wav;
    }
}
