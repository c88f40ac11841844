using System.Buffers.Binary;

namespace Matrixd.Audio;

/// <summary>The 44 bytes before the samples of a 16-bit PCM WAV file. Stateless; any thread.</summary>
/// <remarks>
/// A recorder writes the header first, then samples as they come, and the header again at the end. After a crash the sizes in the header are
/// those of the last write; <see cref="Repair(Stream)"/> sets them from the length of the file.
/// Source: Multimedia Programming Interface and Data Specifications 1.0, IBM and Microsoft, August 1991, "Waveform Audio File Format".
/// </remarks>
public static class WavHeader
{
    /// <summary>Length of the header [bytes].</summary>
    public const int Length = 44;

    private const int RiffSizeAt = 4;
    private const int DataSizeAt = 40;
    private const int ChunkHeader = 8; // id, size: not counted in the size
    private const int FormatSize = 16;
    private const ushort FormatPcm = 1;
    private const int MaxChannels = 2;
    private const int MaxSampleRate = 768_000; // [Hz] the fastest converters there are; more is a mistake

    /// <summary>Writes the header.</summary>
    /// <param name="destination">At least <see cref="Length"/> bytes.</param>
    /// <param name="sampleRate">[Hz] 1 to 768,000.</param>
    /// <param name="channels">1 or 2; samples of one instant stand side by side.</param>
    /// <param name="dataBytes">Length of the samples [bytes]. What a 32-bit field cannot say, from 4 GiB on, is written as the most it can.</param>
    /// <exception cref="ArgumentException"><paramref name="destination"/> is too short, or a value out of range. Nothing was written.</exception>
    public static void Write(Span<byte> destination, int sampleRate, int channels, long dataBytes)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(sampleRate);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(sampleRate, MaxSampleRate);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(channels);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(channels, MaxChannels);
        ArgumentOutOfRangeException.ThrowIfNegative(dataBytes);
        if (destination.Length < Length)
        {
            throw new ArgumentException($"A WAV header takes {Length} bytes, {destination.Length} are there.", nameof(destination));
        }

        int frameBytes = channels * Pcm.BytesPerSample;
        "RIFF"u8.CopyTo(destination);
        "WAVEfmt "u8.CopyTo(destination[8..]);
        BinaryPrimitives.WriteInt32LittleEndian(destination[16..], FormatSize);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[20..], FormatPcm);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[22..], (ushort)channels);
        BinaryPrimitives.WriteInt32LittleEndian(destination[24..], sampleRate);
        BinaryPrimitives.WriteInt32LittleEndian(destination[28..], sampleRate * frameBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[32..], (ushort)frameBytes);
        BinaryPrimitives.WriteUInt16LittleEndian(destination[34..], Pcm.BytesPerSample * 8);
        "data"u8.CopyTo(destination[36..]);
        WriteSizes(destination, dataBytes, frameBytes);
    }

    /// <summary>Sets the sizes in the header from the length of the file, and cuts off a torn sample frame at its end.</summary>
    /// <param name="path">A file that begins with a header as <see cref="Write"/> makes it.</param>
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
        int channels = BinaryPrimitives.ReadUInt16LittleEndian(header[22..]);
        int sampleRate = BinaryPrimitives.ReadInt32LittleEndian(header[24..]);
        if (read < Length || channels is < 1 or > MaxChannels || sampleRate is < 1 or > MaxSampleRate || !IsOurs(header, sampleRate, channels))
        {
            throw new InvalidDataException(
                $"The first {read} bytes are not the {Length}-byte header of a 16-bit PCM recording; only files begun by this recorder can be repaired.");
        }

        Span<byte> right = stackalloc byte[Length];
        long dataBytes = wav.Length - Length;
        long torn = dataBytes % (channels * Pcm.BytesPerSample);
        Write(right, sampleRate, channels, dataBytes - torn);
        bool changed = torn != 0 || !right.SequenceEqual(header);
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

    // All but the two sizes is as Write would make it.
    private static bool IsOurs(ReadOnlySpan<byte> header, int sampleRate, int channels)
    {
        Span<byte> ours = stackalloc byte[Length];
        Write(ours, sampleRate, channels, 0);
        header.Slice(RiffSizeAt, sizeof(uint)).CopyTo(ours[RiffSizeAt..]);
        header.Slice(DataSizeAt, sizeof(uint)).CopyTo(ours[DataSizeAt..]);
        return header.SequenceEqual(ours);
    }

    private static void WriteSizes(Span<byte> header, long dataBytes, int frameBytes)
    {
        long most = uint.MaxValue - (Length - ChunkHeader); // the RIFF size counts the rest of the header too
        long size = Math.Min(dataBytes, most / frameBytes * frameBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header[RiffSizeAt..], (uint)(size + Length - ChunkHeader));
        BinaryPrimitives.WriteUInt32LittleEndian(header[DataSizeAt..], (uint)size);
    }
}
