namespace Matrixd.Audio;

/// <summary>A second-order Butterworth high-pass at 180 Hz for samples at 8 kHz: takes away the mains' hum and what handling does. A mutable value; one owner.</summary>
/// <remarks>Source: R. Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients".</remarks>
internal struct HighPass
{
    private const double CornerHz = 180; // between the mains' third harmonic and the telephone's band

    private static readonly float s_gain, s_a1, s_a2;

    private float _x1, _x2, _y1, _y2; // one and two samples ago

    static HighPass()
    {
        (double s, double c) = Math.SinCos(2 * Math.PI * CornerHz / 8000);
        double alpha = s / Math.Sqrt(2);
        s_gain = (float)((1 + c) / 2 / (1 + alpha));
        s_a1 = (float)(2 * c / (1 + alpha));
        s_a2 = (float)((alpha - 1) / (1 + alpha));
    }

    public void Run(ReadOnlySpan<short> input, Span<float> output)
    {
        float gain = s_gain, a1 = s_a1, a2 = s_a2;
        (float x1, float x2, float y1, float y2) = (_x1, _x2, _y1, _y2);
        for (int n = 0; n < input.Length; n++)
        {
            float x = input[n];
            float y = (gain * (x - x1 - x1 + x2)) + (a2 * y2) + (a1 * y1); // the newest output last: the others are there already
            (x2, x1, y2, y1) = (x1, x, y1, y);
            output[n] = y;
        }

        (_x1, _x2, _y1, _y2) = (x1, x2, y1, y2);
    }

    /// <summary>Takes away what is left of a sound long past, before it gets too small for the processor to be quick.</summary>
    public void Settle(float tiny)
    {
        if (Math.Abs(_y1) < tiny && Math.Abs(_y2) < tiny)
        {
            _y1 = 0;
            _y2 = 0;
        }
    }
}
