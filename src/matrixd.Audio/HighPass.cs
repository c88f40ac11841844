namespace Matrixd.Audio;

/// <summary>A second-order Butterworth high-pass at 180 Hz for samples at 8 kHz: takes away the mains' hum and what handling does. A mutable value; one owner.</summary>
/// <remarks>
/// Each output is worked out from those two and three before it rather than one and two: the same filter, but the processor need not wait for the
/// output just before. Source: R. Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients"; look-ahead:
/// K. Parhi, D. Messerschmitt, "Pipeline interleaving and parallelism in recursive digital filters", 1989.
/// </remarks>
internal struct HighPass
{
    private const double CornerHz = 180; // between the mains' third harmonic and the telephone's band

    private static readonly float s_gain, s_before, s_y2, s_y3;

    private float _x1, _x2, _f1, _y1, _y2, _y3; // one, two and three samples ago; f: the part of an output that comes of inputs

    static HighPass()
    {
        (double s, double c) = Math.SinCos(2 * Math.PI * CornerHz / 8000);
        double alpha = s / Math.Sqrt(2);
        s_gain = (float)((1 + c) / 2 / (1 + alpha));
        double a1 = 2 * c / (1 + alpha);
        double a2 = (alpha - 1) / (1 + alpha);
        s_before = (float)a1;
        s_y2 = (float)((a1 * a1) + a2);
        s_y3 = (float)(a1 * a2);
    }

    public void Run(ReadOnlySpan<short> input, Span<float> output)
    {
        float gain = s_gain, before = s_before, a2 = s_y2, a3 = s_y3;
        (float x1, float x2, float f1, float y1, float y2, float y3) = (_x1, _x2, _f1, _y1, _y2, _y3);
        for (int n = 0; n < input.Length; n++)
        {
            float x = input[n];
            float f = gain * (x - x1 - x1 + x2);
            float y = (f + (before * f1) + (a3 * y3)) + (a2 * y2); // the newest output last: the others are there already
            (x2, x1, f1, y3, y2, y1) = (x1, x, f, y2, y1, y);
            output[n] = y;
        }

        (_x1, _x2, _f1, _y1, _y2, _y3) = (x1, x2, f1, y1, y2, y3);
    }

    /// <summary>Takes away what is left of a sound long past, before it gets too small for the processor to be quick.</summary>
    public void Settle(float tiny)
    {
        if (Math.Abs(_y1) < tiny && Math.Abs(_y2) < tiny)
        {
            (_f1, _y1, _y2, _y3) = (0, 0, 0, 0);
        }
    }
}
