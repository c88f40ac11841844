namespace Matrixd.Bench.Audio;

/// <summary>A sine of known frequency in a signal, by least squares, and what is left without it.</summary>
/// <param name="Sine">Its weight.</param>
/// <param name="Cosine">Its weight.</param>
/// <param name="ResidualRms">Root mean square of the rest.</param>
internal readonly record struct SineFit(double Sine, double Cosine, double ResidualRms)
{
    public double Amplitude => Math.Sqrt((Sine * Sine) + (Cosine * Cosine));

    public static SineFit To(ReadOnlySpan<double> signal, double hertz, int rate)
    {
        double ss = 0, cc = 0, sc = 0, ys = 0, yc = 0, yy = 0;
        for (int n = 0; n < signal.Length; n++)
        {
            (double s, double c) = Math.SinCos(2 * Math.PI * hertz * n / rate);
            ss += s * s;
            cc += c * c;
            sc += s * c;
            ys += signal[n] * s;
            yc += signal[n] * c;
            yy += signal[n] * signal[n];
        }

        double determinant = (ss * cc) - (sc * sc);
        double a = ((ys * cc) - (yc * sc)) / determinant;
        double b = ((yc * ss) - (ys * sc)) / determinant;
        double rest = yy - (a * ys) - (b * yc);
        return new SineFit(a, b, Math.Sqrt(Math.Max(0, rest) / signal.Length));
    }

    /// <summary>What is left of the signal without the sine: next to it, nothing softer could be seen.</summary>
    public double[] Remove(ReadOnlySpan<double> signal, double hertz, int rate)
    {
        double[] rest = signal.ToArray();
        for (int n = 0; n < rest.Length; n++)
        {
            (double s, double c) = Math.SinCos(2 * Math.PI * hertz * n / rate);
            rest[n] -= (Sine * s) + (Cosine * c);
        }

        return rest;
    }
}
