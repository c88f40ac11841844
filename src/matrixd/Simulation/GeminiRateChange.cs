namespace Matrixd.Simulation;

/// <summary>Brings a stream of 8 or 24 kHz to the 16 kHz that the simulated model hears, by straight lines between samples.</summary>
/// <remarks>
/// A model with ears this coarse is enough for clients that are not ours; the product always sends 16 kHz. One stream, one owner;
/// the span that <see cref="Process"/> returns is valid until the next call.
/// </remarks>
internal sealed class GeminiRateChange(int from)
{
    private short[] _output = new short[1024];
    private double _position; // of the next output sample, in input samples after the last of the block before
    private short _last;

    public int From => from;

    public ReadOnlySpan<short> Process(ReadOnlySpan<short> input)
    {
        double step = (double)from / SpeechDetector.Rate;
        int most = (int)(input.Length / step) + 2;
        if (_output.Length < most)
        {
            _output = new short[most];
        }

        int written = 0;
        while (_position < input.Length)
        {
            int whole = (int)_position;
            short before = whole == 0 ? _last : input[whole - 1];
            double part = _position - whole;
            _output[written++] = (short)Math.Round(before + ((input[whole] - before) * part));
            _position += step;
        }

        _position -= input.Length;
        _last = input.Length > 0 ? input[^1] : _last;
        return _output.AsSpan(0, written);
    }
}
