using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace Matrixd.Audio;

/// <summary>Reads a WAV file of 16-bit PCM piece by piece, of any length.</summary>
/// <remarks>
/// Read are plain and extensible PCM with any further chunks, in any order the format allows, and RF64 files. A data chunk that claims more than the file
/// has, as a recorder leaves it that was cut off, is read as far as it goes; one that claims nothing in a file of a recorder that died is empty until it is repaired.
/// Threads: one caller at a time. Only the constructor allocates.
/// Source: Microsoft, "WAVEFORMATEXTENSIBLE", https://learn.microsoft.com/windows/win32/api/mmreg/ns-mmreg-waveformatextensible;
/// EBU Tech 3306, "RF64: An extended file format for audio data", 2009.
/// </remarks>
public sealed class WavReader : IDisposable
{
    private const int PlainFormat = 16; // the least a "fmt " chunk has
    private const int ExtensibleFormat = 40;
    private const int LongSizes = 16; // of a "ds64" chunk: what is read of it
    private const ushort FormatPcm = 1;
    private const ushort FormatExtensible = 0xFFFE;
    private const int SubFormatAt = 24; // of which the first two bytes are the format, the rest is fixed
    private const int MaxChannels = 8; // more is a damaged header, not a recording

    private readonly Stream _wav;
    private readonly bool _ownsStream;
    private long _left; // bytes

    /// <summary>Reads the header, up to the first sample.</summary>
    /// <param name="wav">Readable; stays open.</param>
    /// <exception cref="InvalidDataException">It is not 16-bit PCM in a WAV file; the message says what it is.</exception>
    public WavReader(Stream wav)
        : this(wav, ownsStream: false)
    {
    }

    private WavReader(Stream wav, bool ownsStream)
    {
        _wav = wav;
        _ownsStream = ownsStream;
        bool isLong = ReadKind(wav);
        (int SampleRate, int Channels)? format = null;
        long? longSize = null;
        Span<byte> chunk = stackalloc byte[WavHeader.ChunkHeader];
        while (wav.ReadAtLeast(chunk, chunk.Length, throwOnEndOfStream: false) == chunk.Length)
        {
            uint size = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk[..4].SequenceEqual("data"u8))
            {
                (SampleRate, Channels) = format
                    ?? throw new InvalidDataException("The WAV file has its samples before their format; its \"fmt \" chunk is missing or misplaced.");
                DataBytes = isLong && size == WavHeader.SeeLongSizes && longSize is { } value ? value : size;
                DataBytes = wav.CanSeek ? Math.Min(DataBytes, Math.Max(0, wav.Length - wav.Position)) : DataBytes;
                _left = DataBytes;
                return;
            }

            if (chunk[..4].SequenceEqual("fmt "u8))
            {
                format = ReadFormat(wav, size);
            }
            else if (isLong && chunk[..4].SequenceEqual("ds64"u8))
            {
                longSize = ReadLongSize(wav, size);
            }
            else
            {
                Skip(wav, Padded(size));
            }
        }

        throw new InvalidDataException("The WAV file has no \"data\" chunk: it holds no samples.");
    }

    /// <summary>[Hz]</summary>
    public int SampleRate { get; }

    /// <summary>1 to 8; samples of one instant stand side by side.</summary>
    public int Channels { get; }

    /// <summary>Length of the samples [bytes]: what the file claims, and no more than it has where that can be seen.</summary>
    public long DataBytes { get; }

    /// <summary>Playing time of <see cref="DataBytes"/>.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)(DataBytes / (Channels * Pcm.BytesPerSample)) / SampleRate);

    private static ReadOnlySpan<byte> SubFormatTail => [0, 0, 0, 0, 0x10, 0, 0x80, 0, 0, 0xAA, 0, 0x38, 0x9B, 0x71];

    /// <summary>Opens a file.</summary>
    /// <exception cref="InvalidDataException">It is not 16-bit PCM in a WAV file; the message says what it is.</exception>
    /// <exception cref="IOException">It cannot be opened or read.</exception>
    public static WavReader Open(string path)
    {
        FileStream file = File.OpenRead(path);
        try
        {
            return new WavReader(file, ownsStream: true);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Reads the next samples.</summary>
    /// <param name="samples">Filled with whole instants, as many as fit and are there.</param>
    /// <returns>The number of samples; 0 at the end.</returns>
    /// <exception cref="ArgumentException"><paramref name="samples"/> has no room for an instant.</exception>
    public int Read(Span<short> samples)
    {
        if (samples.Length < Channels)
        {
            throw new ArgumentException($"There is room for {samples.Length} samples; an instant has {Channels}.", nameof(samples));
        }

        int frameBytes = Channels * Pcm.BytesPerSample;
        Span<byte> bytes = MemoryMarshal.AsBytes(samples);
        bytes = bytes[..(int)Math.Min(bytes.Length / frameBytes * frameBytes, _left / frameBytes * frameBytes)];
        int read = _wav.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        _left = read < bytes.Length ? 0 : _left - read;
        return read / frameBytes * Channels;
    }

    /// <summary>Passes over samples, of all channels together and whole instants, as far as there are.</summary>
    public void Skip(long samples)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(samples);
        long bytes = Math.Min(samples / Channels, _left / Pcm.BytesPerSample / Channels) * Channels * Pcm.BytesPerSample;
        Skip(_wav, bytes);
        _left -= bytes;
    }

    /// <summary>Closes the file that <see cref="Open"/> has opened.</summary>
    public void Dispose()
    {
        if (_ownsStream)
        {
            _wav.Dispose();
        }
    }

    private static bool ReadKind(Stream wav)
    {
        Span<byte> riff = stackalloc byte[12];
        bool isWhole = wav.ReadAtLeast(riff, riff.Length, throwOnEndOfStream: false) == riff.Length;
        bool isLong = riff.StartsWith("RF64"u8);
        if (!isWhole || !(isLong || riff.StartsWith("RIFF"u8)) || !riff[8..].SequenceEqual("WAVE"u8))
        {
            throw new InvalidDataException("This is not a WAV file: it does not begin with RIFF and WAVE. Convert it to 16-bit PCM WAV.");
        }

        return isLong;
    }

    private static long ReadLongSize(Stream wav, uint size)
    {
        Span<byte> sizes = stackalloc byte[LongSizes];
        if (size < LongSizes || wav.ReadAtLeast(sizes, LongSizes, throwOnEndOfStream: false) < LongSizes)
        {
            throw new InvalidDataException($"The WAV file's \"ds64\" chunk of {size} bytes is cut off; at least {LongSizes} are needed.");
        }

        Skip(wav, Padded(size) - LongSizes);
        return Math.Max(0, BinaryPrimitives.ReadInt64LittleEndian(sizes[8..]));
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

    // Chunks begin at even places.
    private static long Padded(uint size) => (long)size + (size & 1);

    private static void Skip(Stream wav, long bytes)
    {
        if (wav.CanSeek)
        {
            wav.Seek(bytes, SeekOrigin.Current);
            return;
        }

        Span<byte> waste = stackalloc byte[4096];
        while (bytes > 0 && wav.Read(waste[..(int)Math.Min(bytes, waste.Length)]) is > 0 and int read)
        {
            bytes -= read;
        }
    }
}
