using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Matrixd.Audio;

/// <summary>Reads and writes whole WAV files of 16-bit PCM. Stateless; any thread.</summary>
/// <remarks>
/// Read are plain and extensible PCM with any further chunks, in any order the format allows. A data chunk that claims more than the file
/// has, as a recorder leaves it that was cut off, is read as far as it goes.
/// Source: Microsoft, "WAVEFORMATEXTENSIBLE", https://learn.microsoft.com/windows/win32/api/mmreg/ns-mmreg-waveformatextensible.
/// </remarks>
public static class WavFile
{
    private const int ChunkHeader = 8;
    private const int PlainFormat = 16; // the least a "fmt " chunk has
    private const int ExtensibleFormat = 40;
    private const ushort FormatPcm = 1;
    private const ushort FormatExtensible = 0xFFFE;
    private const int SubFormatAt = 24; // of which the first two bytes are the format, the rest is fixed
    private const int MaxChannels = 8; // more is a damaged header, not a recording
    private const int MaxDataBytes = 1 << 30; // an array of samples is bounded; 1 GiB is 18 h of 8 kHz mono

    private static ReadOnlySpan<byte> SubFormatTail => [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];

    /// <summary>Reads a file.</summary>
    /// <exception cref="InvalidDataException">It is not 16-bit PCM in a WAV file; the message says what it is.</exception>
    public static WavAudio Read(string path)
    {
        using FileStream file = File.OpenRead(path);
        return Read(file);
    }

    /// <summary>Reads from a stream, from where it stands to the end of the samples.</summary>
    /// <param name="wav">Readable; stays open.</param>
    /// <exception cref="InvalidDataException">It is not 16-bit PCM in a WAV file; the message says what it is.</exception>
    public static WavAudio Read(Stream wav)
    {
        Span<byte> riff = stackalloc byte[12];
        if (wav.ReadAtLeast(riff, riff.Length, throwOnEndOfStream: false) < riff.Length || !riff[..4].SequenceEqual("RIFF"u8) || !riff[8..].SequenceEqual("WAVE"u8))
        {
            throw new InvalidDataException("This is not a WAV file: it does not begin with RIFF and WAVE. Convert it to 16-bit PCM WAV.");
        }

        (int SampleRate, int Channels)? format = null;
        Span<byte> chunk = stackalloc byte[ChunkHeader];
        while (wav.ReadAtLeast(chunk, ChunkHeader, throwOnEndOfStream: false) == ChunkHeader)
        {
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk[..4].SequenceEqual("fmt "u8))
            {
                format = ReadFormat(wav, size);
            }
            else if (chunk[..4].SequenceEqual("data"u8))
            {
                (int sampleRate, int channels) = format
                    ?? throw new InvalidDataException("The WAV file has its samples before their format; its \"fmt \" chunk is missing or misplaced.");
                return new WavAudio(sampleRate, channels, ReadSamples(wav, size, channels));
            }
            else
            {
                Skip(wav, Padded(size));
            }
        }

        throw new InvalidDataException("The WAV file has no \"data\" chunk: it holds no samples.");
    }

    /// <summary>Writes a file, replacing one of the same name.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="sampleRate">[Hz]</param>
    /// <param name="channels">1 or 2.</param>
    /// <param name="samples">Those of one instant stand side by side; whole instants.</param>
    /// <exception cref="ArgumentException">A value is out of range, or the samples are not whole instants. Nothing was written.</exception>
    public static void Write(string path, int sampleRate, int channels, ReadOnlySpan<short> samples)
    {
        Span<byte> header = stackalloc byte[WavHeader.Length];
        WavHeader.Write(header, sampleRate, channels, (long)samples.Length * Pcm.BytesPerSample);
        if (samples.Length % channels != 0)
        {
            throw new ArgumentException($"{samples.Length} samples cannot be shared out to {channels} channels.", nameof(samples));
        }

        using FileStream file = File.Create(path);
        file.Write(header);
        file.Write(MemoryMarshal.AsBytes(samples));
    }

    private static (int SampleRate, int Channels) ReadFormat(Stream wav, uint size)
    {
        Span<byte> format = stackalloc byte[ExtensibleFormat];
        format = format[..(int)Math.Min(size, ExtensibleFormat)];
        if (size < PlainFormat || wav.ReadAtLeast(format, format.Length, throwOnEndOfStream: false) < format.Length)
        {
            throw new InvalidDataException($"The WAV file's \"fmt \" chunk of {size} bytes is cut off; at least {PlainFormat} are needed.");
        }

        Skip(wav, Padded(size) - format.Length);
        ushort tag = BinaryPrimitives.ReadUInt16LittleEndian(format);
        if (tag == FormatExtensible && format.Length == ExtensibleFormat && format[(SubFormatAt + 2)..].SequenceEqual(SubFormatTail))
        {
            tag = BinaryPrimitives.ReadUInt16LittleEndian(format[SubFormatAt..]);
        }

        int channels = BinaryPrimitives.ReadUInt16LittleEndian(format[2..]);
        int sampleRate = BinaryPrimitives.ReadInt32LittleEndian(format[4..]);
        int bits = BinaryPrimitives.ReadUInt16LittleEndian(format[14..]);
        if (tag != FormatPcm || bits != Pcm.BytesPerSample * 8)
        {
            throw new InvalidDataException($"The WAV file holds format 0x{tag:X4} with {bits} bits; only 16-bit PCM (0x0001) is read. Convert it.");
        }

        if (channels is < 1 or > MaxChannels || sampleRate <= 0)
        {
            throw new InvalidDataException(
                $"The WAV file claims {channels} channels at {sampleRate} Hz; 1 to {MaxChannels} channels and a positive rate are read. Its header is damaged.");
        }

        return (sampleRate, channels);
    }

    private static short[] ReadSamples(Stream wav, uint size, int channels)
    {
        int frameBytes = channels * Pcm.BytesPerSample;
        if (wav.CanSeek)
        {
            long there = Math.Min(size, Math.Max(0, wav.Length - wav.Position));
            CheckSize(there);
            var samples = new short[there / frameBytes * channels];
            wav.ReadExactly(MemoryMarshal.AsBytes(samples.AsSpan()));
            return samples;
        }

        // A pipe may claim much and hold little: read what comes.
        using var bytes = new MemoryStream();
        CopyAtMost(wav, bytes, size);
        int wholeBytes = (int)(bytes.Length / frameBytes * frameBytes);
        return MemoryMarshal.Cast<byte, short>(bytes.GetBuffer().AsSpan(0, wholeBytes)).ToArray();
    }

    private static void CheckSize(long bytes)
    {
        if (bytes > MaxDataBytes)
        {
            throw new InvalidDataException($"The WAV file holds {bytes} bytes of samples or more; at most {MaxDataBytes} are read. Cut it into parts.");
        }
    }

    private static void CopyAtMost(Stream from, MemoryStream to, long bytes)
    {
        Span<byte> part = stackalloc byte[4096];
        while (bytes > 0 && from.Read(part[..(int)Math.Min(bytes, part.Length)]) is > 0 and int read)
        {
            CheckSize(to.Length + read);
            to.Write(part[..read]);
            bytes -= read;
        }
    }

    // Chunks begin at even places.
    private static long Padded(uint size) => (long)size + (size & 1);

    private static void Skip(Stream wav, long bytes)
    {
        Span<byte> waste = stackalloc byte[4096];
        while (bytes > 0 && wav.Read(waste[..(int)Math.Min(bytes, waste.Length)]) is > 0 and int read)
        {
            bytes -= read;
        }
    }
}
