using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Matrixd.Audio;

/// <summary>Writes a WAV file of 16-bit PCM as its samples come.</summary>
/// <remarks>
/// The header is written at once and claims no samples; <see cref="Complete(long)"/> sets its sizes. If that never happens,
/// <see cref="WavHeader.Repair(string)"/> finds what there is. Past 4 GiB the file becomes an RF64 file.
/// Threads: one caller at a time, but for <see cref="Sync"/>. It owns the file's handle; disposing closes it and nothing else. Only the constructor allocates. Writes go to the
/// operating system at once, nothing is buffered: give it blocks, not samples.
/// </remarks>
public sealed class WavWriter : IDisposable
{
    private const int InterleavedAtOnce = 1024; // instants: 4 KiB on the stack

    private readonly SafeFileHandle _file;
    private readonly int _sampleRate;
    private readonly int _channels;

    /// <summary>Begins a file.</summary>
    /// <param name="file">Readable and writable, at best empty. Owned from here on, unless an exception is thrown.</param>
    /// <param name="sampleRate">[Hz] 1 to 768,000.</param>
    /// <param name="channels">1 or 2.</param>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range. Nothing was written.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public WavWriter(SafeFileHandle file, int sampleRate, int channels)
    {
        _file = file;
        _sampleRate = sampleRate;
        _channels = channels;
        WriteHeader(0);
    }

    /// <summary>Where the samples that were written end [bytes from the first].</summary>
    public long DataBytes { get; private set; }

    private int FrameBytes => _channels * Pcm.BytesPerSample;

    /// <summary>Begins a file, replacing one of the same name.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A value is out of range.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public static WavWriter Create(string path, int sampleRate, int channels)
    {
        SafeFileHandle file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.Read);
        try
        {
            return new WavWriter(file, sampleRate, channels);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Writes samples behind the last.</summary>
    /// <param name="samples">Those of one instant stand side by side; whole instants.</param>
    /// <exception cref="ArgumentException">Half an instant is left over. Nothing was written.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Append(ReadOnlySpan<short> samples)
    {
        if (samples.Length % _channels != 0)
        {
            throw new ArgumentException($"{samples.Length} samples cannot be shared out to {_channels} channels.", nameof(samples));
        }

        Write(DataBytes, MemoryMarshal.AsBytes(samples));
    }

    /// <summary>Writes both channels of a stereo file behind the last sample.</summary>
    /// <param name="left">Any number of samples.</param>
    /// <param name="right">As many.</param>
    /// <exception cref="ArgumentException">They are not as many. Nothing was written.</exception>
    /// <exception cref="InvalidOperationException">The file has one channel.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Append(ReadOnlySpan<short> left, ReadOnlySpan<short> right)
    {
        if (_channels != 2)
        {
            throw new InvalidOperationException("The file has one channel, not two.");
        }

        if (left.Length != right.Length)
        {
            throw new ArgumentException($"{left.Length} samples on the left, {right.Length} on the right: both sides of a time line are equally long.", nameof(right));
        }

        Span<short> both = stackalloc short[2 * InterleavedAtOnce];
        while (!left.IsEmpty)
        {
            int count = Math.Min(left.Length, InterleavedAtOnce);
            WavStereo.Interleave(left[..count], right[..count], both);
            Append(both[..(2 * count)]);
            left = left[count..];
            right = right[count..];
        }
    }

    /// <summary>Writes samples at any place; what nobody writes is silence.</summary>
    /// <param name="offset">[bytes from the first sample]; not negative.</param>
    /// <param name="data">Samples, the lower byte first.</param>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Write(long offset, ReadOnlySpan<byte> data)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(offset);
        RandomAccess.Write(_file, data, WavHeader.Length + offset);
        DataBytes = Math.Max(DataBytes, offset + data.Length);
    }

    /// <summary>Waits until what was written survives a power cut. Another thread may do this, and the caller write or close meanwhile.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    /// <exception cref="ObjectDisposedException">The file has been closed.</exception>
    public void Sync() => RandomAccess.FlushToDisk(_file);

    /// <summary>Ends the file behind the last sample that was written, and waits until it survives a power cut.</summary>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Complete() => Complete(DataBytes / FrameBytes * FrameBytes);

    /// <summary>Ends the file at a length, and waits until it survives a power cut. Shorter cuts it off, longer ends it with silence.</summary>
    /// <param name="dataBytes">[bytes from the first sample]; whole instants.</param>
    /// <exception cref="ArgumentException">Half an instant is left over, or the length is negative. Nothing was changed.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public void Complete(long dataBytes)
    {
        End(dataBytes);
        Sync();
    }

    /// <summary>Ends the file at a length, as <see cref="Complete(long)"/> does, without waiting: it survives a power cut after the next <see cref="Sync"/>.</summary>
    /// <param name="dataBytes">[bytes from the first sample]; whole instants.</param>
    /// <exception cref="ArgumentException">Half an instant is left over, or the length is negative. Nothing was changed.</exception>
    /// <exception cref="IOException">The disk refused.</exception>
    public void End(long dataBytes)
    {
        if (dataBytes < 0 || dataBytes % FrameBytes != 0)
        {
            throw new ArgumentException($"{dataBytes} bytes are no whole instants of {_channels} channels.", nameof(dataBytes));
        }

        if (RandomAccess.GetLength(_file) != WavHeader.Length + dataBytes)
        {
            RandomAccess.SetLength(_file, WavHeader.Length + dataBytes);
        }

        DataBytes = dataBytes;
        WriteHeader(dataBytes);
    }

    /// <summary>Closes the file as it is.</summary>
    public void Dispose() => _file.Dispose();

    private void WriteHeader(long dataBytes)
    {
        Span<byte> header = stackalloc byte[WavHeader.Length];
        WavHeader.Write(header, _sampleRate, _channels, dataBytes);
        RandomAccess.Write(_file, header, 0);
    }
}
