namespace Matrixd.Audio;

/// <summary>Designs linear-phase low-pass filters. Stateless; any thread; takes milliseconds.</summary>
/// <remarks>
/// They are the shortest whose ripple just meets the specification at the edges of the transition band and shrinks away from it. Where
/// speech has its strength the gain then is unity to a fraction of a 16-bit step, and what was rounded once is not rounded anew; a ripple
/// equal throughout costs 10 % fewer taps and 1 dB of noise.
/// </remarks>
public static class FilterDesign
{
    // The estimate of the order is a few taps off at most; a specification that needs more than this beyond it is beyond double precision.
    private const int MaxTries = 24;

    // The fit sees the bands on a grid; between its points the ripple may rise a little.
    private const double GridMarginDb = 0.05;

    /// <summary>Computes the prototype.</summary>
    /// <returns>
    /// An odd number of symmetric taps whose gain at 0 Hz is exactly unity. Where the middle of the transition band divides the rate
    /// (half-band, third-band) every second or third tap from the middle is exactly zero, and the middle one exactly one half or one third:
    /// such a filter costs less, and one phase of it is a copy.
    /// </returns>
    /// <exception cref="ArgumentException">The band edges or figures of <paramref name="spec"/> make no low-pass that can be built.</exception>
    public static double[] LowPass(FilterSpec spec)
    {
        Check(spec);
        double margin = Math.Pow(10, -GridMarginDb / 20);
        double passDeviation = margin * (Math.Pow(10, spec.RippleDb / 20) - 1);
        double stopDeviation = margin * Math.Pow(10, -spec.AttenuationDb / 20);
        int band = MthBand(spec, passDeviation, stopDeviation);

        int least = Math.Max(2, (int)EstimateHalf(spec, band > 0, passDeviation, stopDeviation));
        for (int half = least; half < least + MaxTries; half++)
        {
            if (band > 0 && half % band == 0)
            {
                continue; // the outermost taps would be zero
            }

            EquirippleFit fit = band > 0 ? FitMthBand(spec, half, band) : FitLowPass(spec, half, stopDeviation / passDeviation);
            if (fit.Deviation <= stopDeviation)
            {
                return Taps(fit, half, band);
            }
        }

        throw new ArgumentException($"{spec} cannot be met with {(2 * (least + MaxTries)) + 1} taps. Widen the transition band or ask for less.", nameof(spec));
    }

    private static void Check(FilterSpec spec)
    {
        if (!(spec.PassHz > 0 && spec.StopHz > spec.PassHz && spec.SampleRate > 2 * spec.StopHz))
        {
            throw new ArgumentException($"{spec} makes no low-pass: needed are 0 < pass < stop < half the sample rate.", nameof(spec));
        }

        if (!(spec.RippleDb is > 0 and < 3 && spec.AttenuationDb is > 10 and < 140))
        {
            throw new ArgumentException($"{spec} makes no filter: needed are a ripple in (0, 3) dB and an attenuation in (10, 140) dB.", nameof(spec));
        }
    }

    // M, or 0. In an M-th band filter the shifted copies of the response add up to one, so that the pass band's deviation is at most
    // M - 1 times the stop band's; and it has to suffice.
    private static int MthBand(FilterSpec spec, double passDeviation, double stopDeviation)
    {
        double ratio = spec.SampleRate / (spec.PassHz + spec.StopHz);
        int band = (int)Math.Round(ratio);
        return Math.Abs(ratio - band) < 1e-9 && band >= 2 && (band - 1) * stopDeviation <= passDeviation ? band : 0;
    }

    // Half of the order. As Kaiser's window, 1974, which falls alike; and M. Bellanger, "Digital Processing of Signals", 1984, for equal ripple:
    // 7 % more is what the falling ripple costs, by trial.
    private static double EstimateHalf(FilterSpec spec, bool isMthBand, double passDeviation, double stopDeviation)
    {
        double transition = (spec.StopHz - spec.PassHz) / spec.SampleRate;
        return isMthBand
            ? (spec.AttenuationDb - 7.95) / (2 * 14.36 * transition)
            : 1.07 * Math.Log10(1 / (10 * passDeviation * stopDeviation)) / 3 / transition;
    }

    // The stop band falls by 6 dB with each doubling of the distance, and with it the pass band's ripple.
    private static EquirippleFit FitMthBand(FilterSpec spec, int half, int band)
    {
        int[] orders = [.. Enumerable.Range(1, half).Where(n => n % band != 0)];
        return EquirippleFit.Solve(orders, 1 - (1.0 / band), [Stop(spec, -1.0 / band, power: 1)]);
    }

    // The pass band's ripple falls by 12 dB with each doubling of the distance.
    private static EquirippleFit FitLowPass(FilterSpec spec, int half, double passWeight)
    {
        int[] orders = [.. Enumerable.Range(0, half + 1)];
        var pass = new FitBand(0, Radians(spec, spec.PassHz), 1, passWeight, Middle(spec), Power: 2);
        return EquirippleFit.Solve(orders, 1, [pass, Stop(spec, 0, power: 0)]);
    }

    private static FitBand Stop(FilterSpec spec, double desired, int power) =>
        new(Radians(spec, spec.StopHz), Math.PI, desired, 1, Middle(spec), power);

    private static double Middle(FilterSpec spec) => Radians(spec, (spec.PassHz + spec.StopHz) / 2);

    private static double Radians(FilterSpec spec, double hertz) => 2 * Math.PI * hertz / spec.SampleRate;

    // A cosine of weight a is a pair of taps of a / 2.
    private static double[] Taps(EquirippleFit fit, int half, int band)
    {
        var taps = new double[(2 * half) + 1];
        taps[half] = band > 0 ? 1.0 / band : 0;
        for (int i = 0; i < fit.Orders.Length; i++)
        {
            taps[half - fit.Orders[i]] += fit.Weights[i] / 2;
            taps[half + fit.Orders[i]] += fit.Weights[i] / 2;
        }

        return taps;
    }
}
