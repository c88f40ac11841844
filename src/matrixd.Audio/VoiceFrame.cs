using System.Runtime.InteropServices;
using System.Numerics;

namespace Matrixd.Audio;

/// <summary>What is measured on a frame of 10 ms at 8 kHz, to tell voice from noise and from tones.</summary>
/// <param name="LevelDbfs">Level above 180 Hz [dBFS]; at least <see cref="Silence"/>.</param>
/// <param name="FlatnessDb">
/// What of the frame's power a linear predictor of four taps leaves [dB], a measure of spectral flatness: near 0 for white noise,
/// -5 to -20 for voices, lower yet for one or two steady tones, which four taps predict exactly.
/// </param>
internal readonly record struct VoiceFrame(float LevelDbfs, float FlatnessDb)
{
    /// <summary>Samples of a frame.</summary>
    public const int Length = 80;

    /// <summary>[dBFS] As low as levels go: a tenth of a step of 16 bits is no sound.</summary>
    public const float Silence = -110;

    /// <summary>Samples before the frame that it takes.</summary>
    public const int Past = Order;

    private const int Order = 4; // two tones have four poles
    private const double FullScale = 32768.0 * 32768.0;

    /// <param name="x">The frame behind the high-pass, full scale ±32768, preceded by <see cref="Order"/> samples of the frame before.</param>
    public static VoiceFrame Measure(ReadOnlySpan<float> x)
    {
        Span<double> c = stackalloc double[Order + 1];
        for (int lag = 0; lag <= Order; lag++)
        {
            c[lag] = Dot(x.Slice(Order, Length), x.Slice(Order - lag, Length));
        }

        double power = c[0] / Length / FullScale;
        float level = power > 1e-11 ? (float)(10 * Math.Log10(power)) : Silence;
        double rest = c[0] > 0 ? Residual(x, c) / c[0] : 1;
        return new VoiceFrame(level, (float)(10 * Math.Log10(Math.Clamp(rest, 1e-6, 1))));
    }

    // The covariance method: elimination of samples 1 to 4 back from the products of all five; what is left of sample 0 is the error's power.
    private static double Residual(ReadOnlySpan<float> x, ReadOnlySpan<double> c)
    {
        const int N = Order + 1;
        Span<double> m = stackalloc double[N * N]; // [i, j]: sum of x[n - i] x[n - j]
        for (int j = 0; j < N; j++)
        {
            m[j] = c[j];
            for (int i = 1; i <= N - 1 - j; i++)
            {
                // One sample enters at the old end, one leaves at the new.
                int k = i + j;
                m[(i * N) + k] = m[((i - 1) * N) + k - 1] + ((double)x[Order - i] * x[Order - k]) - ((double)x[Order + Length - i] * x[Order + Length - k]);
            }
        }

        double floor = c[0] * 1e-9; // keeps the division possible where the samples depend on each other exactly
        for (int p = Order; p >= 1; p--)
        {
            double pivot = Math.Max(m[(p * N) + p], floor);
            for (int i = 0; i < p; i++)
            {
                double factor = m[(i * N) + p] / pivot;
                for (int j = i; j < p; j++)
                {
                    m[(i * N) + j] -= factor * m[(j * N) + p];
                }
            }
        }

        return m[0];
    }

    private static float Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        ReadOnlySpan<Vector<float>> va = MemoryMarshal.Cast<float, Vector<float>>(a);
        ReadOnlySpan<Vector<float>> vb = MemoryMarshal.Cast<float, Vector<float>>(b);
        Vector<float> sums = Vector<float>.Zero;
        for (int i = 0; i < va.Length; i++)
        {
            sums += va[i] * vb[i];
        }

        float sum = Vector.Sum(sums);
        for (int i = va.Length * Vector<float>.Count; i < a.Length; i++)
        {
            sum += a[i] * b[i];
        }

        return sum;
    }
}
