using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Matrixd.Audio;

/// <summary>Tells the two tones of a telephone key from a voice, on one frame of 10 ms at 8 kHz. Stateless; any thread.</summary>
/// <remarks>Source: ITU-T Q.23, "Technical features of push-button telephone sets": the frequencies.</remarks>
internal static class DtmfGuard
{
    private const int Lanes = 16; // cosine and sine of eight frequencies
    private const double Share = 0.8; // of a frame's power that lies in the two tones; two formants leave more beside them
    private const double Twist = 16; // in power: by 8 dB at most one tone is louder when keys leave a telephone, lines add to it

    private static readonly double[] s_hertz = [697, 770, 852, 941, 1209, 1336, 1477, 1633];
    private static readonly float[] s_window = [.. Enumerable.Range(0, VoiceFrame.Length).Select(n => (float)Hann(n))];
    private static readonly float[] s_waves = Waves(); // [sample][lane]

    /// <param name="x"><see cref="VoiceFrame.Length"/> samples.</param>
    public static bool IsKey(ReadOnlySpan<float> x)
    {
        Span<float> sums = stackalloc float[Lanes];
        float power = Correlate(x, sums);
        int low = Loudest(sums, 0);
        int high = Loudest(sums, 4);
        double a = Power(sums, low);
        double b = Power(sums, high);
        return a + b > Share * power * VoiceFrame.Length / 3 // what a tone's power becomes under the window
            && a < b * Twist && b < a * Twist;
    }

    private static float Correlate(ReadOnlySpan<float> x, Span<float> sums)
    {
        // Two samples at a time, each with sums of its own: an addition need not wait for the one before.
        ReadOnlySpan<Vector256<float>> waves = MemoryMarshal.Cast<float, Vector256<float>>(s_waves);
        ReadOnlySpan<float> window = s_window;
        Vector256<float> c0 = default, s0 = default, c1 = default, s1 = default;
        float power0 = 0, power1 = 0;
        for (int n = 0; n < VoiceFrame.Length; n += 2)
        {
            ReadOnlySpan<Vector256<float>> wave = waves.Slice(2 * n, 4);
            Vector256<float> even = Vector256.Create(x[n]);
            Vector256<float> odd = Vector256.Create(x[n + 1]);
            c0 += wave[0] * even;
            s0 += wave[1] * even;
            c1 += wave[2] * odd;
            s1 += wave[3] * odd;
            float a = x[n] * window[n], b = x[n + 1] * window[n + 1];
            power0 += a * a;
            power1 += b * b;
        }

        (c0 + c1).CopyTo(sums);
        (s0 + s1).CopyTo(sums[8..]);
        return power0 + power1;
    }

    private static int Loudest(ReadOnlySpan<float> sums, int first)
    {
        int loudest = first;
        for (int i = first + 1; i < first + 4; i++)
        {
            loudest = Power(sums, i) > Power(sums, loudest) ? i : loudest;
        }

        return loudest;
    }

    private static double Power(ReadOnlySpan<float> sums, int frequency) =>
        (sums[frequency] * sums[frequency]) + (sums[frequency + 8] * sums[frequency + 8]);

    private static double Hann(int n) => 0.5 - (0.5 * Math.Cos(2 * Math.PI * (n + 0.5) / VoiceFrame.Length));

    private static float[] Waves()
    {
        var waves = new float[VoiceFrame.Length * Lanes];
        for (int n = 0; n < VoiceFrame.Length; n++)
        {
            for (int i = 0; i < 8; i++)
            {
                (double s, double c) = Math.SinCos(2 * Math.PI * s_hertz[i] * n / 8000);
                waves[(n * Lanes) + i] = (float)(Hann(n) * c);
                waves[(n * Lanes) + 8 + i] = (float)(Hann(n) * s);
            }
        }

        return waves;
    }
}
