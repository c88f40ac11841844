namespace Matrixd.Audio;

/// <summary>A second-order Butterworth high-pass at 180 Hz for samples at 8 kHz: takes away the mains' hum and what handling does. A mutable value; one owner.</summary>
/// <remarks>
/// Each output is worked out from those two and four before it rather than one and two: the same filter (numerator and denominator are multiplied by
/// the denominator with its odd term's sign turned), but the processor need not wait for the output just before.
/// Sources: R. Bristow-Johnson, "Cookbook formulae for audio equalizer biquad filter coefficients"; K. Parhi, D. Messerschmitt,
/// "Pipeline interleaving and parallelism in recursive digital filters", 1989.
/// </remarks>
internal struct HighPass
{
    private const double CornerHz = 180; // between the mains' third harmonic and the telephone's band

    private static readonly float s_gain, s_f1, s_f2, s_y2, s_y4;

    private float _x1, _x2, _f1, _f2, _y1, _y2, _y3, _y4; // one to four samples ago; f: the part of an output that comes of inputs

    static HighPass()
    {
        (double s, double c) = Math.SinCos(2 * Math.PI * CornerHz / 8000);
        double alpha = s / Math.Sqrt(2);
        double a1 = 2 * c / (1 + alpha);
        double a2 = (alpha - 1) / (1 + alpha);
        s_gain = (float)((1 + c) / 2 / (1 + alpha));
        s_f1 = (float)a1;
        s_f2 = (float)-a2;
        s_y2 = (float)((a1 * a1) + (2 * a2));
        s_y4 = (float)-(a2 * a2);
    }

    public void Run(ReadOnlySpan<short> input, Span<float> output)
    {
        float gain = s_gain, byF1 = s_f1, byF2 = s_f2, byY2 = s_y2, byY4 = s_y4;
        (float x1, float x2, float f1, float f2) = (_x1, _x2, _f1, _f2);
        (float y1, float y2, float y3, float y4) = (_y1, _y2, _y3, _y4);
        for (int n = 0; n < input.Length; n++)
        {
            float x = input[n];
            float f = gain * (x - x1 - x1 + x2);
            float y = (f + (byF1 * f1) + (byF2 * f2) + (byY4 * y4)) + (byY2 * y2); // the newest output last: the others are there already
            (x2, x1, f2, f1, y4, y3, y2, y1) = (x1, x, f1, f, y3, y2, y1, y);
            output[n] = y;
        }

        (_x1, _x2, _f1, _f2) = (x1, x2, f1, f2);
        (_y1, _y2, _y3, _y4) = (y1, y2, y3, y4);
    }

    /// <summary>Takes away what is left of a sound long past, before it gets too small for the processor to be quick.</summary>
    public void Settle(float tiny)
    {
        if (Math.Abs(_y1) < tiny && Math.Abs(_y2) < tiny)
        {
            (_f1, _f2, _y1, _y2, _y3, _y4) = (0, 0, 0, 0, 0, 0);
        }
    }
}
