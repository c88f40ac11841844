using System.Buffers.Binary;

namespace Matrixd.Audio;

/// <summary>The bytes before the samples of a 16-bit PCM WAV file that grows. Stateless; any thread.</summary>
/// <remarks>
/// A recorder writes the header first, then samples as they come, and the header again at the end. After a crash the sizes in the header are
/// those of the last write; <see cref="Repair(Stream)"/> sets them from the length of the file. The header keeps room ("JUNK") for sizes of 64 bits, so that
/// a file that passes 4 GiB becomes an RF64 file without moving a sample.
/// Source: Multimedia Programming Interface and Data Specifications 1.0, IBM and Microsoft, August 1991, "Waveform Audio File Format";
/// EBU Tech 3306, "RF64: An extended file format for audio data", 2009.
/// </remarks>
public static class WavHeader
{
    /// <summary>Length of the header [bytes].</summary>
    public const int Length = 80;

    /// <summary>Length of the header without room for long sizes, as whole files of known length have it [bytes].</summary>
    internal const int PlainLength = 44;

    internal const int ChunkHeader = 8; // id, size: not counted in the size
    internal const uint SeeLongSizes = uint.MaxValue; // a 32-bit size that says: look into "ds64"

    private const int LongSizesAt = 12;
    private const int LongSizes = 28; // RIFF size, data size, instants: 64 bits each; length of a table, 0
    private const int FormatAtLong = LongSizesAt + ChunkHeader + LongSizes;
    private const int FormatAtPlain = LongSizesAt;
    private const int FormatSize = 16;
    private const int DataChunk = ChunkHeader + FormatSize; // from the format's chunk
    private const ushort FormatPcm = 1;
    private const int MaxChannels = 2;
    private const int MaxSampleRate = 768_000; // [Hz] the fastest converters there are; more is a mistake

    /// <summary>Writes the header.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <param name="sampleRate">[Hz] 1 to 768,000.</param>
    /// <param name="channels">1 or 2; samples of one instant stand side by side.</param>
    /// <param name="dataBytes">Length of the samples [bytes]. What 32 bits cannot say makes the file an RF64 file.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short, or a value out of range. Nothing was written.</exception>
    public static void Write(Span<byte> destination, int sampleRate, int channels, long dataBytes)
    {
        Check(destination, Length, sampleRate, channels, dataBytes);
        long riffBytes = dataBytes + Length - ChunkHeader;
        bool isLong = riffBytes > uint.MaxValue;
        (isLong ? "RF64"u8 : "RIFF"u8).CopyTo(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], isLong ? SeeLongSizes : (uint)riffBytes);
        "WAVE"u8.CopyTo(destination[8..]);
        Span<byte> sizes = destination[LongSizesAt..FormatAtLong];
        sizes.Clear();
        (isLong ? "ds64"u8 : "JUNK"u8).CopyTo(sizes);
        BinaryPrimitives.WriteInt32LittleEndian(sizes[4..], LongSizes);
        if (isLong)
        {
            BinaryPrimitives.WriteInt64LittleEndian(sizes[8..], riffBytes);
            BinaryPrimitives.WriteInt64LittleEndian(sizes[16..], dataBytes);
            BinaryPrimitives.WriteInt64LittleEndian(sizes[24..], dataBytes / (channels * Pcm.BytesPerSample));
        }

        WriteFormat(destination[FormatAtLong..], sampleRate, channels, isLong ? SeeLongSizes : (uint)dataBytes);
    }

    /// <summary>Writes the header of <see cref="PlainLength"/> bytes. What 32 bits cannot say, from 4 GiB on, is written as the most they can.</summary>
    internal static void WritePlain(Span<byte> destination, int sampleRate, int channels, long dataBytes)
    {
        Check(destination, PlainLength, sampleRate, channels, dataBytes);
        int frameBytes = channels * Pcm.BytesPerSample;
        long most = uint.MaxValue - (PlainLength - ChunkHeader); // the RIFF size counts the rest of the header too
        uint size = (uint)Math.Min(dataBytes, most / frameBytes * frameBytes);
        "RIFF"u8.CopyTo(destination);
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], size + PlainLength - ChunkHeader);
        "WAVE"u8.CopyTo(destination[8..]);
        WriteFormat(destination[FormatAtPlain..], sampleRate, channels, size);
    }

    /// <summary>Sets the sizes in the header from the length of the file, and cuts off a torn sample frame at its end.</summary>
    /// <param name="path">A file that begins with a header as <see cref="Write"/> makes it, or with the plain one of 44 bytes.</param>
    /// <returns>True where the file was changed.</returns>
    /// <exception cref="InvalidDataException">The file begins otherwise. It was not changed.</exception>
    public static bool Repair(string path)
    {
        using FileStream file = new(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        return Repair(file);
    }

    /// <summary>Sets the sizes in the header from the length of the stream, and cuts off a torn sample frame at its end.</summary>
    /// <param name="wav">Readable, writable and seekable; stays open, its position afterwards is its end.</param>
    /// <returns>True where the stream was changed.</returns>
    /// <exception cref="InvalidDataException">The stream does not begin with a header as <see cref="Write"/> makes it. It was not changed.</exception>
    public static bool Repair(Stream wav)
    {
        Span<byte> header = stackalloc byte[Length];
        wav.Position = 0;
        int read = wav.ReadAtLeast(header, Length, throwOnEndOfStream: false);
        int length = OurLength(header[..read], out int sampleRate, out int channels);
        Span<byte> right = stackalloc byte[length];
        long dataBytes = wav.Length - length;
        long torn = dataBytes % (channels * Pcm.BytesPerSample);
        if (length == Length)
        {
            Write(right, sampleRate, channels, dataBytes - torn);
        }
        else
        {
            WritePlain(right, sampleRate, channels, dataBytes - torn);
        }

        bool changed = torn != 0 || !right.SequenceEqual(header[..length]);
        if (changed)
        {
            wav.SetLength(wav.Length - torn);
            wav.Position = 0;
            wav.Write(right);
            wav.Flush();
        }

        wav.Seek(0, SeekOrigin.End);
        return changed;
    }

    // Which of the two headers it is: all but the sizes is as we write it.
    private static int OurLength(ReadOnlySpan<byte> header, out int sampleRate, out int channels)
    {
        int at = header.Length > LongSizesAt && header[LongSizesAt..].StartsWith("fmt "u8) ? FormatAtPlain : FormatAtLong;
        int length = at + DataChunk + ChunkHeader;
        (sampleRate, channels) = (0, 0);
        if (header.Length >= length)
        {
            channels = BinaryPrimitives.ReadUInt16LittleEndian(header[(at + 10)..]);
            sampleRate = BinaryPrimitives.ReadInt32LittleEndian(header[(at + 12)..]);
        }

        if (header.Length < length || channels is < 1 or > MaxChannels || sampleRate is < 1 or > MaxSampleRate || !IsOurs(header, at, sampleRate, channels))
        {
            throw new InvalidDataException(
                $"The first {Math.Min(header.Length, length)} bytes are not the {length}-byte header of a 16-bit PCM recording; only files begun by this recorder can be repaired.");
        }

        return length;
    }

    private static bool IsOurs(ReadOnlySpan<byte> header, int at, int sampleRate, int channels)
    {
        Span<byte> format = stackalloc byte[DataChunk + ChunkHeader];
        WriteFormat(format, sampleRate, channels, 0);
        bool isLong = header.StartsWith("RF64"u8);
        bool hasRoom = at == FormatAtPlain
            ? !isLong
            : header[LongSizesAt..].StartsWith(isLong ? "ds64"u8 : "JUNK"u8) && BinaryPrimitives.ReadInt32LittleEndian(header[(LongSizesAt + 4)..]) == LongSizes;
        return (isLong || header.StartsWith("RIFF"u8))
            && header[8..].StartsWith("WAVE"u8)
            && hasRoom
            && header[at..].StartsWith(format[..(DataChunk + 4)]);
    }

    // The chunks "fmt " and "data", up to the first sample.
    private static void WriteFormat(Span<byte> chunk, int sampleRate, int channels, uint dataSize)
    {
        int frameBytes = channels * Pcm.BytesPerSample;
        "fmt "u8.CopyTo(chunk);
        BinaryPrimitives.WriteInt32LittleEndian(chunk[4..], FormatSize);
        BinaryPrimitives.WriteUInt16LittleEndian(chunk[8..], FormatPcm);
        BinaryPrimitives.WriteUInt16LittleEndian(chunk[10..], (ushort)channels);
        BinaryPrimitives.WriteInt32LittleEndian(chunk[12..], sampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(chunk[16..], sampleRate * frameBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(chunk[20..], (ushort)frameBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(chunk[22..], Pcm.BytesPerSample * 8);
        "data"u8.CopyTo(chunk[DataChunk..]);
        BinaryPrimitives.WriteUInt32LittleEndian(chunk[(DataChunk + 4)..], dataSize);
    }

    private static void Check(Span<byte> destination, int length, int sampleRate, int channels, long dataBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sampleRate, MaxSampleRate);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, MaxChannels);
        ArgumentOutOfRangeException.ThrowIfNegative(dataBytes);
        if (destination.Length < length)
        {
            throw new ArgumentException($"A WAV header takes {length} bytes, {destination.Length} are there.", nameof(destination));
        }
    }
}
