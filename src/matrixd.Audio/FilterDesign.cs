namespace Matrixd.Audio;

/// <summary>Designs linear-phase low-pass filters with a Kaiser window.</summary>
/// <remarks>Source: J. F. Kaiser, "Nonrecursive digital filter design using the I0-sinh window function", ISCAS 1974.</remarks>
public static class FilterDesign
{
    /// <summary>Computes the prototype.</summary>
    /// <returns>
    /// An odd number of symmetric taps with unity gain at 0 Hz. Where the middle of the transition band divides the rate
    /// (half-band, third-band) the taps that are zero by theory are exactly zero, and the middle one is exact.
    /// </returns>
    /// <exception cref="ArgumentException">The band edges or figures of <paramref name="spec"/> make no low-pass.</exception>
    public static double[] LowPass(FilterSpec spec)
    {
        Check(spec);
        double ripple = Math.Pow(10, spec.RippleDb / 20) - 1;
        double attenuation = Math.Max(spec.AttenuationDb, -20 * Math.Log10(ripple)); // a window gives both bands the same deviation
        double width = 2 * Math.PI * (spec.StopHz - spec.PassHz) / spec.SampleRate;
        int half = (int)Math.Ceiling((attenuation - 7.95) / (2.285 * width) / 2); // Kaiser's estimate of the order
        double beta = Beta(attenuation);
        double cutoff = (spec.PassHz + spec.StopHz) / spec.SampleRate; // of half the rate
        var taps = new double[(2 * half) + 1];
        for (int n = -half; n <= half; n++)
        {
            double window = BesselI0(beta * Math.Sqrt(1 - ((double)n * n / ((double)half * half)))) / BesselI0(beta);
            taps[n + half] = cutoff * Sinc(cutoff * n) * window;
        }

        Normalise(taps, cutoff);
        return taps;
    }

    private static void Check(FilterSpec spec)
    {
        if (!(spec.PassHz > 0 && spec.StopHz > spec.PassHz && spec.SampleRate >= 2 * spec.StopHz))
        {
            throw new ArgumentException($"{spec} makes no low-pass: needed are 0 < pass < stop <= half the sample rate.", nameof(spec));
        }

        if (!(spec.RippleDb > 0 && spec.AttenuationDb > 21)) // Kaiser's formulae hold from 21 dB on
        {
            throw new ArgumentException($"{spec} makes no filter: needed are ripple > 0 dB and attenuation > 21 dB.", nameof(spec));
        }
    }

    // In an M-th band filter the middle tap must stay 1/M, so that one phase of the resampler is an exact copy; its gain at 0 Hz
    // then is unity within the ripple. Any other filter is scaled to unity.
    private static void Normalise(double[] taps, double cutoff)
    {
        double band = 1 / cutoff;
        if (Math.Abs(band - Math.Round(band)) > 1e-9)
        {
            double sum = taps.Sum();
            for (int n = 0; n < taps.Length; n++)
            {
                taps[n] /= sum;
            }
        }
    }

    private static double Beta(double attenuation) =>
        attenuation > 50 ? 0.1102 * (attenuation - 8.7) : (0.5842 * Math.Pow(attenuation - 21, 0.4)) + (0.07886 * (attenuation - 21));

    private static double Sinc(double x)
    {
        if (x == 0)
        {
            return 1;
        }

        return Math.Abs(x - Math.Round(x)) < 1e-9 ? 0 : Math.Sin(Math.PI * x) / (Math.PI * x);
    }

    private static double BesselI0(double x)
    {
        double sum = 1;
        double term = 1;
        for (int k = 1; term > sum * 1e-17; k++)
        {
            term *= x / (2 * k) * (x / (2 * k));
            sum += term;
        }

        return sum;
    }
}
