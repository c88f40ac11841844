using System.IO.Pipelines;
using Matrixd.Audio;
using Xunit;

namespace Matrixd.Tests.Audio;

public class WavFileTests
{
    // 0x8000, 0x7FFF, 0x0001, 0xFFFE, the lower byte first
    private static readonly byte[] s_data = [0x00, 0x80, 0xFF, 0x7F, 0x01, 0x00, 0xFE, 0xFF];
    private static readonly short[] s_samples = [-32768, 32767, 1, -2];

    private static byte[] PlainFormat => Format(1, 2, 16000, 16);

    [Fact]
    public void A_plain_file_is_read()
    {
        WavAudio wav = Read(Riff(Chunk("fmt ", PlainFormat), Chunk("data", s_data)));

        Assert.Equal((16000, 2), (wav.SampleRate, wav.Channels));
        Assert.Equal(s_samples, wav.Samples);
        Assert.Equal(TimeSpan.FromSeconds(2.0 / 16000), wav.Duration);
    }

    [Fact]
    public void Further_chunks_are_passed_over()
    {
        byte[] odd = [1, 2, 3]; // padded to four

        WavAudio wav = Read(Riff(
            Chunk("LIST", odd), Chunk("fmt ", [.. PlainFormat, 0, 0]), Chunk("fact", new byte[5000]), Chunk("data", s_data), Chunk("id3 ", odd)));

        Assert.Equal(s_samples, wav.Samples);
    }

    [Fact]
    public void Extensible_pcm_is_read()
    {
        byte[] format =
        [
            .. Format(0xFFFE, 2, 16000, 16), 22, 0, 16, 0, 3, 0, 0, 0,
            1, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71,
        ];

        Assert.Equal(s_samples, Read(Riff(Chunk("fmt ", format), Chunk("data", s_data))).Samples);
    }

    [Theory]
    [InlineData(3)] // float
    [InlineData(7)] // mu-law
    public void Extensible_files_of_other_formats_are_refused(byte format)
    {
        byte[] chunk =
        [
            .. Format(0xFFFE, 2, 16000, 16), 22, 0, 16, 0, 3, 0, 0, 0,
            format, 0, 0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71,
        ];

        Assert.Contains($"0x{format:X4}", Refused(Riff(Chunk("fmt ", chunk), Chunk("data", s_data))), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(1, 1, 8000, 8, "0x0001 with 8 bits")]
    [InlineData(1, 1, 8000, 24, "0x0001 with 24 bits")]
    [InlineData(3, 1, 8000, 32, "0x0003 with 32 bits")]
    [InlineData(7, 1, 8000, 8, "0x0007 with 8 bits")]
    [InlineData(1, 0, 8000, 16, "0 channels at 8000 Hz")]
    [InlineData(1, 9, 8000, 16, "9 channels")]
    [InlineData(1, 1, 0, 16, "at 0 Hz")]
    public void What_is_not_16_bit_pcm_is_refused_by_its_value(int tag, int channels, int rate, int bits, string says)
    {
        Assert.Contains(says, Refused(Riff(Chunk("fmt ", Format(tag, channels, rate, bits)), Chunk("data", s_data))), StringComparison.Ordinal);
    }

    [Fact]
    public void Broken_files_are_refused()
    {
        Assert.Contains("not a WAV file", Refused([]), StringComparison.Ordinal);
        Assert.Contains("not a WAV file", Refused("RIFF\0\0\0\0WAVX"u8.ToArray()), StringComparison.Ordinal);
        Assert.Contains("no \"data\" chunk", Refused(Riff(Chunk("fmt ", PlainFormat))), StringComparison.Ordinal);
        Assert.Contains("before their format", Refused(Riff(Chunk("data", s_data), Chunk("fmt ", PlainFormat))), StringComparison.Ordinal);
        Assert.Contains("of 14 bytes", Refused(Riff(Chunk("fmt ", PlainFormat[..14]), Chunk("data", s_data))), StringComparison.Ordinal);
        Assert.Contains("cut off", Refused(Riff(Chunk("fmt ", PlainFormat))[..30]), StringComparison.Ordinal);
    }

    [Fact]
    public void A_recording_cut_off_is_read_as_far_as_it_goes()
    {
        byte[] whole = Riff(Chunk("fmt ", PlainFormat), Chunk("data", s_data));

        Assert.Equal(s_samples[..2], Read(whole[..^1]).Samples); // half an instant is left out
        Assert.Equal(s_samples[..2], ReadFromPipe(whole[..^1]).Samples);
        Assert.Equal(s_samples, ReadFromPipe(whole).Samples);
    }

    [Fact]
    public void A_pipe_that_claims_four_gigabytes_holds_what_it_holds()
    {
        byte[] wav = Riff(Chunk("fmt ", PlainFormat), Chunk("data", s_data));
        wav.AsSpan(wav.Length - s_data.Length - 4, 4).Fill(0xFF); // as sox writes where it cannot seek

        Assert.Equal(s_samples, Read(wav).Samples);
        Assert.Equal(s_samples, ReadFromPipe(wav).Samples);
    }

    [Fact]
    public void What_is_written_is_read_again()
    {
        string path = Path.GetTempFileName();
        try
        {
            WavFile.Write(path, 8000, 2, s_samples);

            byte[] bytes = File.ReadAllBytes(path);
            Assert.Equal(
                "52494646" + "2C000000" + "57415645" + "666D7420" + "10000000" + "0100" + "0200" + "401F0000" + "007D0000" + "0400" + "1000" + "64617461" + "08000000",
                Convert.ToHexString(bytes, 0, 44));
            Assert.Equal(s_data, bytes[44..]);
            WavAudio wav = WavFile.Read(path);
            Assert.Equal((8000, 2), (wav.SampleRate, wav.Channels));
            Assert.Equal(s_samples, wav.Samples);
            Assert.False(WavHeader.Repair(path));
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public void Samples_that_are_not_whole_instants_are_refused()
    {
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());

        Assert.Throws<ArgumentException>(() => WavFile.Write(path, 8000, 2, [1, 2, 3]));

        Assert.False(File.Exists(path));
    }

    private static WavAudio Read(byte[] wav) => WavFile.Read(new MemoryStream(wav));

    private static string Refused(byte[] wav) => Assert.Throws<InvalidDataException>(() => Read(wav)).Message;

    // A stream that cannot seek.
    private static WavAudio ReadFromPipe(byte[] wav) => WavFile.Read(PipeReader.Create(new(wav)).AsStream());

    private static byte[] Riff(params byte[][] chunks)
    {
        byte[] body = [.. "WAVE"u8, .. chunks.SelectMany(c => c)];
        return [.. "RIFF"u8, .. BitConverter.GetBytes(body.Length), .. body];
    }

    private static byte[] Chunk(string id, byte[] body) =>
        [.. id.Select(c => (byte)c), .. BitConverter.GetBytes(body.Length), .. body, .. new byte[body.Length % 2]];

    private static byte[] Format(int tag, int channels, int rate, int bits) =>
    [
        .. BitConverter.GetBytes((ushort)tag), .. BitConverter.GetBytes((ushort)channels), .. BitConverter.GetBytes(rate),
        .. BitConverter.GetBytes(rate * channels * bits / 8), .. BitConverter.GetBytes((ushort)(channels * bits / 8)), .. BitConverter.GetBytes((ushort)bits),
    ];
}
