using System.Runtime.InteropServices;

namespace Matrixd.Bench.Audio;

/// <summary>speexdsp, 16-bit samples in and out.</summary>
internal sealed unsafe partial class SpeexConverter : IConverter
{
    private const string Library = "libspeexdsp.so.1";

    private readonly nint _state;

    public SpeexConverter(int from, int to, int quality)
    {
        _state = Init(1, (uint)from, (uint)to, quality, out int error);
        if (error != 0)
        {
            throw new InvalidOperationException($"speexdsp {from} -> {to} Hz, quality {quality}: error {error}");
        }
    }

    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        int written = 0;
        fixed (short* from = input)
        fixed (short* to = output)
        {
            for (uint taken = 0; taken < input.Length;)
            {
                uint inputs = (uint)input.Length - taken;
                uint outputs = (uint)(output.Length - written);
                _ = ProcessInt(_state, 0, from + taken, &inputs, to + written, &outputs);
                taken += inputs;
                written += (int)outputs;
            }
        }

        return written;
    }

    public void Dispose() => Destroy(_state);

    [LibraryImport(Library, EntryPoint = "speex_resampler_init")]
    private static partial nint Init(uint channels, uint inputRate, uint outputRate, int quality, out int error);

    [LibraryImport(Library, EntryPoint = "speex_resampler_process_int")]
    private static partial int ProcessInt(nint state, uint channel, short* input, uint* inputLength, short* output, uint* outputLength);

    [LibraryImport(Library, EntryPoint = "speex_resampler_destroy")]
    private static partial void Destroy(nint state);
}
