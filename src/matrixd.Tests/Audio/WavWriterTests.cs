using System.Runtime.InteropServices;
using Matrixd.Audio;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Audio;

/// <summary>Files that grow, and those that are read piece by piece.</summary>
public sealed class WavWriterTests : IDisposable
{
    private readonly string _path = Path.Combine(Path.GetTempPath(), $"matrixd-wav-{Guid.NewGuid():N}.wav");

    public void Dispose() => File.Delete(_path);

    [Fact]
    public void Both_sides_stand_side_by_side()
    {
        short[] left = AudioSignals.Noise(3001, seed: 1), right = AudioSignals.Noise(3001, seed: 2);
        using (WavWriter wav = WavWriter.Create(_path, 8000, 2))
        {
            wav.Append(left.AsSpan(0, 1), right.AsSpan(0, 1));
            wav.Append([], []);
            wav.Append(left.AsSpan(1), right.AsSpan(1));
            Assert.Equal(3001 * 4, wav.DataBytes);
            wav.Complete();
        }

        WavAudio read = WavFile.Read(_path);
        Assert.Equal((8000, 2), (read.SampleRate, read.Channels));
        Assert.Equal(left.Zip(right).SelectMany(pair => new[] { pair.First, pair.Second }), read.Samples);
        Assert.False(WavHeader.Repair(_path));
    }

    [Fact]
    public void A_file_whose_writer_died_is_repaired()
    {
        short[] samples = AudioSignals.Noise(1000, seed: 3);
        using (WavWriter wav = WavWriter.Create(_path, 16000, 1))
        {
            wav.Append(samples);
            wav.Write(2000, [7]); // half a sample
        }

        Assert.Empty(WavFile.Read(_path).Samples);
        Assert.True(WavHeader.Repair(_path));
        Assert.Equal(samples, WavFile.Read(_path).Samples);
    }

    [Fact]
    public void What_nobody_wrote_is_silence()
    {
        using (WavWriter wav = WavWriter.Create(_path, 8000, 2))
        {
            wav.Write(8, [1, 0, 2, 0]);
            wav.Write(0, [3, 0, 4, 0]);
            Assert.Equal(12, wav.DataBytes);
            wav.Complete(20);
        }

        Assert.Equal([3, 4, 0, 0, 1, 2, 0, 0, 0, 0], WavFile.Read(_path).Samples);
    }

    [Fact]
    public void What_is_behind_the_end_is_cut_off()
    {
        using (WavWriter wav = WavWriter.Create(_path, 8000, 1))
        {
            wav.Append([1, 2, 3]);
            wav.Complete(4);
        }

        Assert.Equal(WavHeader.Length + 4, new FileInfo(_path).Length);
        Assert.Equal([1, 2], WavFile.Read(_path).Samples);
    }

    // A file with holes: it takes a few blocks of the disk.
    [Theory]
    [InlineData(true)]
    [InlineData(false)] // its writer died
    public void Past_four_gibibytes_it_is_an_RF64_file(bool isCompleted)
    {
        const long Far = 5L << 30;
        using (WavWriter wav = WavWriter.Create(_path, 48000, 2))
        {
            wav.Append([1, 2, 3, 4], [5, 6, 7, 8]);
            wav.Write(Far, MemoryMarshal.AsBytes<short>([11, 12, 13, 14]));
            if (isCompleted)
            {
                wav.Complete();
            }
        }

        Assert.Equal(!isCompleted, WavHeader.Repair(_path));
        using WavReader reader = WavReader.Open(_path);
        Assert.Equal(Far + 8, reader.DataBytes);
        Assert.Equal((Far + 8) / 4 / 48000.0, reader.Duration.TotalSeconds, 1e-6);
        short[] samples = new short[5];
        Assert.Equal(4, reader.Read(samples)); // whole instants
        Assert.Equal([1, 5, 2, 6], samples[..4]);
        reader.Skip((Far / 2) - 4);
        Assert.Equal(4, reader.Read(samples));
        Assert.Equal([11, 12, 13, 14], samples[..4]);
        Assert.Equal(0, reader.Read(samples));
        Assert.Contains("at most", Assert.Throws<InvalidDataException>(() => WavFile.Read(_path)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_RF64_file_of_another_writer_is_read()
    {
        byte[] sizes = new byte[40]; // with a table behind the three sizes
        BitConverter.TryWriteBytes(sizes.AsSpan(8), 4L);
        byte[] file =
        [
            .. "RF64"u8, 255, 255, 255, 255, .. "WAVEds64"u8, 40, 0, 0, 0, .. sizes, .. "bext"u8, 3, 0, 0, 0, 1, 2, 3, 0,
            .. "fmt "u8, 16, 0, 0, 0, 1, 0, 1, 0, 0x40, 0x1F, 0, 0, 0x80, 0x3E, 0, 0, 2, 0, 16, 0, .. "data"u8, 255, 255, 255, 255, 1, 0, 2, 0, 9, 9, 9, 9,
        ];

        Assert.Equal([1, 2], WavFile.Read(new MemoryStream(file)).Samples);
        file[16] = 8; // cut off within the sizes
        Assert.Contains("ds64", Assert.Throws<InvalidDataException>(() => WavFile.Read(new MemoryStream(file))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Halves_of_instants_are_refused()
    {
        using WavWriter wav = WavWriter.Create(_path, 8000, 2);

        Assert.Throws<ArgumentException>(() => wav.Append([1]));
        Assert.Throws<ArgumentException>(() => wav.Append([1, 2], [3]));
        Assert.Throws<ArgumentException>(() => wav.Complete(6));
        Assert.Throws<ArgumentOutOfRangeException>(() => wav.Write(-1, [0]));
        Assert.Equal(0, wav.DataBytes);
    }

    [Fact]
    public void A_file_of_one_channel_has_no_two_sides()
    {
        using WavWriter wav = WavWriter.Create(_path, 8000, 1);

        Assert.Throws<InvalidOperationException>(() => wav.Append([1], [2]));
    }

    [Fact]
    public void Writing_allocates_nothing()
    {
        using WavWriter wav = WavWriter.Create(_path, 8000, 2);
        short[] side = new short[2000];
        wav.Append(side, side);

        long before = GC.GetAllocatedBytesForCurrentThread();
        wav.Append(side, side);
        wav.Append(side);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }
}
