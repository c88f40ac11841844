using Matrixd.Audio;

namespace Matrixd.Simulation;

/// <summary>Brings a stream of 8 or 24 kHz to the 16 kHz that the simulated model hears.</summary>
/// <remarks>One stream, one owner; the span that <see cref="Process"/> returns is valid until the next call.</remarks>
internal sealed class GeminiRateChange(int from)
{
    private readonly Resampler _resampler = Resampler.Create(from, SpeechDetector.Rate);
    private short[] _output = [];

    public int From => from;

    public ReadOnlySpan<short> Process(ReadOnlySpan<short> input)
    {
        int most = _resampler.OutputLength(input.Length);
        if (_output.Length < most)
        {
            _output = new short[most];
        }

        return _output.AsSpan(0, _resampler.Process(input, _output));
    }
}
