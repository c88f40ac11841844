using System.Runtime.InteropServices;

namespace Matrixd.Bench.Audio;

/// <summary>libsoxr, 16-bit samples in and out, otherwise with its defaults: it dithers.</summary>
internal sealed unsafe partial class SoxrConverter : IConverter
{
    public const uint HighQuality = 4;
    public const uint VeryHighQuality = 6;

    private const string Library = "libsoxr.so.0";
    private const int Interleaved16 = 3; // SOXR_INT16_I

    private readonly nint _state;

    public SoxrConverter(int from, int to, uint recipe)
    {
        IoSpec io = new() { Input = Interleaved16, Output = Interleaved16, Scale = 1 };
        QualitySpec quality = MakeQuality(recipe, 0);
        nint error = 0;
        _state = Create(from, to, 1, &error, &io, &quality, null);
        if (_state == 0)
        {
            throw new InvalidOperationException($"soxr {from} -> {to} Hz: {Marshal.PtrToStringUTF8(error)}");
        }
    }

    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        int written = 0;
        fixed (short* from = input)
        fixed (short* to = output)
        {
            for (nuint taken = 0; taken < (nuint)input.Length;)
            {
                nuint inputs, outputs;
                _ = Process(_state, from + taken, (nuint)input.Length - taken, &inputs, to + written, (nuint)(output.Length - written), &outputs);
                taken += inputs;
                written += (int)outputs;
            }
        }

        return written;
    }

    public void Dispose() => Delete(_state);

    [LibraryImport(Library, EntryPoint = "soxr_quality_spec")]
    private static partial QualitySpec MakeQuality(uint recipe, uint flags);

    [LibraryImport(Library, EntryPoint = "soxr_create")]
    private static partial nint Create(double inputRate, double outputRate, uint channels, nint* error, IoSpec* io, QualitySpec* quality, void* runtime);

    [LibraryImport(Library, EntryPoint = "soxr_process")]
    private static partial nint Process(nint state, short* input, nuint inputLength, nuint* inputDone, short* output, nuint outputLength, nuint* outputDone);

    [LibraryImport(Library, EntryPoint = "soxr_delete")]
    private static partial void Delete(nint state);

    [StructLayout(LayoutKind.Sequential)]
    private struct IoSpec
    {
        public int Input;
        public int Output;
        public double Scale;
        public nint Reserved;
        public nuint Flags;
    }

    [StructLayout(LayoutKind.Sequential)]
    private struct QualitySpec
    {
        public double Precision;
        public double PhaseResponse;
        public double PassbandEnd;
        public double StopbandBegin;
        public nint Reserved;
        public nuint Flags;
    }
}
