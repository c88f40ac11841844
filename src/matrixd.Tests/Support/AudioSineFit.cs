namespace Matrixd.Tests.Support;

/// <summary>The sine of a known frequency in a signal, by least squares, and what is left without it.</summary>
/// <param name="Amplitude">Of the sine.</param>
/// <param name="Phase">Of the sine at sample 0 [rad].</param>
/// <param name="ResidualRms">Root mean square of the rest: distortion, images, aliases, noise and offset together.</param>
internal sealed record AudioSineFit(double Amplitude, double Phase, double ResidualRms)
{
    /// <summary>THD+N [dB], against the sine.</summary>
    public double ResidualDb => 20 * Math.Log10(ResidualRms / (Amplitude / Math.Sqrt(2)));

    public static AudioSineFit To(ReadOnlySpan<short> signal, double hertz, int sampleRate)
    {
        double ss = 0, cc = 0, sc = 0, ys = 0, yc = 0;
        for (int n = 0; n < signal.Length; n++)
        {
            (double s, double c) = Math.SinCos(2 * Math.PI * hertz * n / sampleRate);
            ss += s * s;
            cc += c * c;
            sc += s * c;
            ys += signal[n] * s;
            yc += signal[n] * c;
        }

        double determinant = (ss * cc) - (sc * sc);
        double a = ((ys * cc) - (yc * sc)) / determinant;
        double b = ((yc * ss) - (ys * sc)) / determinant;
        double rest = 0;
        for (int n = 0; n < signal.Length; n++)
        {
            (double s, double c) = Math.SinCos(2 * Math.PI * hertz * n / sampleRate);
            rest += Math.Pow(signal[n] - (a * s) - (b * c), 2);
        }

        return new AudioSineFit(Math.Sqrt((a * a) + (b * b)), Math.Atan2(b, a), Math.Sqrt(rest / signal.Length));
    }
}
