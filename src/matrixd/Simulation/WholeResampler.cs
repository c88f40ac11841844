namespace Matrixd.Simulation;

/// <summary>Resamples a whole recording between any two rates: plain, slow, and not the product's own code.</summary>
internal static class WholeResampler
{
    private const int HalfWidth = 16; // zero crossings on each side: about 80 dB of stopband with this window

    /// <summary>Windowed sinc (Blackman), evaluated where it is needed.</summary>
    /// <param name="pcm">s16 mono at <paramref name="from"/>.</param>
    /// <param name="from">[Hz]</param>
    /// <param name="to">[Hz]</param>
    public static short[] Resample(ReadOnlySpan<short> pcm, int from, int to)
    {
        if (from == to)
        {
            return pcm.ToArray();
        }

        double cutoff = Math.Min(1.0, (double)to / from) * 0.95; // of the source's Nyquist; 5 % is the filter's slope
        int phases = to / Gcd(from, to);
        double half = HalfWidth / cutoff;
        int taps = ((int)half * 2) + 2;
        float[] table = Table(phases, taps, half, cutoff);
        short[] output = new short[(int)((long)pcm.Length * to / from)];
        for (int i = 0; i < output.Length; i++)
        {
            long position = (long)i * from;
            int whole = (int)(position / to);
            int phase = (int)(position % to / (to / phases));
            int first = whole - (taps / 2) + 1;
            float sum = 0;
            for (int t = Math.Max(0, -first); t < taps && first + t < pcm.Length; t++)
            {
                sum += pcm[first + t] * table[(phase * taps) + t];
            }

            output[i] = (short)Math.Clamp(MathF.Round(sum), short.MinValue, short.MaxValue);
        }

        return output;
    }

    private static float[] Table(int phases, int taps, double half, double cutoff)
    {
        float[] table = new float[phases * taps];
        for (int phase = 0; phase < phases; phase++)
        {
            double sum = 0;
            for (int t = 0; t < taps; t++)
            {
                double x = t - (taps / 2) + 1 - ((double)phase / phases);
                double weight = Math.Abs(x) >= half ? 0 : Sinc(x * cutoff) * Blackman(x / half);
                table[(phase * taps) + t] = (float)weight;
                sum += weight;
            }

            for (int t = 0; t < taps; t++)
            {
                table[(phase * taps) + t] /= (float)sum; // unity gain in every phase: no whistle at the phase rate
            }
        }

        return table;
    }

    private static double Sinc(double x) => x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);

    private static double Blackman(double x) => 0.42 + (0.5 * Math.Cos(Math.PI * x)) + (0.08 * Math.Cos(2 * Math.PI * x));

    private static int Gcd(int a, int b) => b == 0 ? a : Gcd(b, a % b);
}
