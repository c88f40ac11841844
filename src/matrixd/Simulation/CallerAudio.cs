using System.Buffers.Text;
using System.Runtime.InteropServices;

namespace Matrixd.Simulation;

/// <summary>What a caller says, cut into frames and encoded once for all calls that say it.</summary>
/// <remarks>Immutable after construction; any number of callers read it.</remarks>
internal sealed class CallerAudio
{
    private readonly byte[][] _frames;

    /// <param name="pcm">s16 mono at <paramref name="rate"/>.</param>
    /// <param name="rate">[Hz]</param>
    /// <param name="frameMs">20, as live calls have it, or 100, as the documentation says.</param>
    public CallerAudio(ReadOnlySpan<short> pcm, int rate, int frameMs)
    {
        Rate = rate;
        FrameMs = frameMs;
        Pcm = pcm.ToArray();
        int size = rate * frameMs / 1000;
        FrameSamples = size;
        _frames = new byte[(pcm.Length + size - 1) / size][];
        short[] frame = new short[size];
        Silence = Encode(frame);
        for (int i = 0; i < _frames.Length; i++)
        {
            ReadOnlySpan<short> part = pcm[(i * size)..Math.Min(pcm.Length, (i + 1) * size)];
            Array.Clear(frame);
            part.CopyTo(frame);
            _frames[i] = Encode(frame);
        }
    }

    public int Rate { get; }

    public int FrameMs { get; }

    public int FrameSamples { get; }

    public ReadOnlyMemory<short> Pcm { get; }

    public int Count => _frames.Length;

    /// <summary>A silent frame in base64.</summary>
    public ReadOnlyMemory<byte> Silence { get; }

    /// <summary>A frame in base64; silence before the first and beyond the last.</summary>
    public ReadOnlySpan<byte> Frame(int index) => (uint)index < (uint)_frames.Length ? _frames[index] : Silence.Span;

    private static byte[] Encode(short[] frame)
    {
        ReadOnlySpan<byte> bytes = MemoryMarshal.AsBytes<short>(frame);
        byte[] text = new byte[Base64.GetMaxEncodedToUtf8Length(bytes.Length)];
        Base64.EncodeToUtf8(bytes, text, out _, out _);
        return text;
    }
}
