using System.Runtime.InteropServices;

namespace Matrixd.Bench.Audio;

/// <summary>libsamplerate, medium quality; it knows floating point only, and has the conversions to and from 16 bits.</summary>
internal sealed unsafe partial class SampleRateConverter : IConverter
{
    private const string Library = "libsamplerate.so.0";
    private const int SincMedium = 1;
    private const int MostSamples = 4096; // of a block

    private readonly nint _state;
    private readonly double _ratio;
    private readonly float[] _input = new float[MostSamples];
    private readonly float[] _output = new float[4 * MostSamples];

    public SampleRateConverter(int from, int to)
    {
        _ratio = (double)to / from;
        int error;
        _state = New(SincMedium, 1, &error);
        if (_state == 0)
        {
            throw new InvalidOperationException($"libsamplerate: error {error}");
        }
    }

    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        int written = 0;
        fixed (short* pcm = input)
        fixed (short* result = output)
        fixed (float* from = _input)
        fixed (float* to = _output)
        {
            ToFloat(pcm, from, input.Length);
            for (int taken = 0; taken < input.Length;)
            {
                Data data = new()
                {
                    Input = from + taken,
                    Output = to,
                    InputFrames = input.Length - taken,
                    OutputFrames = Math.Min(output.Length - written, _output.Length),
                    Ratio = _ratio,
                };
                _ = Process(_state, &data);
                ToShort(to, result + written, (int)data.OutputMade);
                taken += (int)data.InputUsed;
                written += (int)data.OutputMade;
            }
        }

        return written;
    }

    public void Dispose() => Delete(_state);

    [LibraryImport(Library, EntryPoint = "src_new")]
    private static partial nint New(int kind, int channels, int* error);

    [LibraryImport(Library, EntryPoint = "src_process")]
    private static partial int Process(nint state, Data* data);

    [LibraryImport(Library, EntryPoint = "src_delete")]
    private static partial nint Delete(nint state);

    [LibraryImport(Library, EntryPoint = "src_short_to_float_array")]
    private static partial void ToFloat(short* from, float* to, int length);

    [LibraryImport(Library, EntryPoint = "src_float_to_short_array")]
    private static partial void ToShort(float* from, short* to, int length);

    [StructLayout(LayoutKind.Sequential)]
    private struct Data
    {
        public float* Input;
        public float* Output;
        public nint InputFrames;
        public nint OutputFrames;
        public nint InputUsed;
        public nint OutputMade;
        public int IsEnd;
        public double Ratio;
    }
}
