using System.Runtime.InteropServices;
using Matrixd.Audio;

namespace Matrixd.Calls;

/// <summary>s16le bytes seen as samples and back, without a copy: all supported machines are little-endian.</summary>
internal static class Samples16
{
    /// <summary>Samples of one pass through a resampler: 40 ms at 24 kHz, small enough for the stack.</summary>
    public const int BlockLength = 960;

    public static ReadOnlySpan<short> Of(ReadOnlySpan<byte> pcm) => MemoryMarshal.Cast<byte, short>(pcm);

    /// <summary>The first channel of a file.</summary>
    public static short[] FirstChannel(WavAudio wav)
    {
        if (wav.Channels == 1)
        {
            return wav.Samples;
        }

        short[] first = new short[wav.Samples.Length / wav.Channels];
        for (int i = 0; i < first.Length; i++)
        {
            first[i] = wav.Samples[i * wav.Channels];
        }

        return first;
    }

    public static ReadOnlySpan<byte> BytesOf(ReadOnlySpan<short> samples) => MemoryMarshal.AsBytes(samples);
}
