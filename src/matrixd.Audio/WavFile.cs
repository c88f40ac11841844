using System.Runtime.InteropServices;

namespace Matrixd.Audio;

/// <summary>Reads and writes whole WAV files of 16-bit PCM. Stateless; any thread.</summary>
/// <remarks>What is read, and how a file that was cut off is, see <see cref="WavReader"/>.</remarks>
public static class WavFile
{
    private const int MaxDataBytes = 1 << 30; // an array of samples is bounded; 1 GiB is 18 h of 8 kHz mono
    private const int ReadAtOnce = 32 * 1024; // samples from a pipe, which may claim much and hold little

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
        using var reader = new WavReader(wav);
        return new WavAudio(reader.SampleRate, reader.Channels, wav.CanSeek ? ReadKnown(reader) : ReadPipe(reader));
    }

    /// <summary>Writes a file, replacing one of the same name.</summary>
    /// <param name="path">Where to.</param>
    /// <param name="sampleRate">[Hz]</param>
    /// <param name="channels">1 or 2.</param>
    /// <param name="samples">Those of one instant stand side by side; whole instants.</param>
    /// <exception cref="ArgumentException">A value is out of range, or the samples are not whole instants. Nothing was written.</exception>
    public static void Write(string path, int sampleRate, int channels, ReadOnlySpan<short> samples)
    {
        Span<byte> header = stackalloc byte[WavHeader.PlainLength];
        WavHeader.WritePlain(header, sampleRate, channels, (long)samples.Length * Pcm.BytesPerSample);
        if (samples.Length % channels != 0)
        {
            throw new ArgumentException($"{samples.Length} samples cannot be shared out to {channels} channels.", nameof(samples));
        }

        using FileStream file = File.Create(path);
        file.Write(header);
        file.Write(MemoryMarshal.AsBytes(samples));
    }

    private static short[] ReadKnown(WavReader reader)
    {
        CheckSize(reader.DataBytes);
        var samples = new short[reader.DataBytes / Pcm.BytesPerSample / reader.Channels * reader.Channels];
        int read = samples.Length == 0 ? 0 : reader.Read(samples);
        return read == samples.Length ? samples : samples[..read];
    }

    private static short[] ReadPipe(WavReader reader)
    {
        var samples = new List<short>();
        short[] part = new short[ReadAtOnce];
        while (reader.Read(part) is > 0 and int read)
        {
            CheckSize(((long)samples.Count + read) * Pcm.BytesPerSample);
            samples.AddRange(part.AsSpan(0, read));
        }

        return [.. samples];
    }

    private static void CheckSize(long bytes)
    {
        if (bytes > MaxDataBytes)
        {
            throw new InvalidDataException($"The WAV file holds {bytes} bytes of samples or more; at most {MaxDataBytes} are read. Cut it into parts.");
        }
    }
}
