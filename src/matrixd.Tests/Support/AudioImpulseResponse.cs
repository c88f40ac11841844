using Matrixd.Audio;

namespace Matrixd.Tests.Support;

/// <summary>A resampler's prototype filter, measured from outside.</summary>
internal static class AudioImpulseResponse
{
    /// <summary>Feeds one impulse at each place of a group through the float path, and puts the answers together.</summary>
    /// <returns>The taps at the least common multiple of both rates, scaled to unity gain, then zeros.</returns>
    public static double[] Measure(ResamplerSpec spec)
    {
        const int Length = 600; // inputs, longer than every filter
        var taps = new double[Length * spec.Interpolation];
        for (int n = 0; n < spec.Decimation; n++)
        {
            var impulse = new float[Length];
            impulse[n] = 0.5f;
            float[] answer = AudioSignals.Resample(Resampler.Create(spec.InputRate, spec.OutputRate, spec.Quality), impulse, 160);
            for (int t = 0; t < answer.Length; t++)
            {
                int k = (t * spec.Decimation) - (n * spec.Interpolation);
                if (k >= 0)
                {
                    taps[k] = answer[t] / 0.5 / spec.Interpolation;
                }
                else
                {
                    Xunit.Assert.Equal(0, answer[t]);
                }
            }
        }

        return taps;
    }

    /// <summary>Magnitude at a frequency [dB].</summary>
    public static double GainDb(double[] taps, double hertz, double sampleRate)
    {
        double re = 0, im = 0;
        for (int k = 0; k < taps.Length; k++)
        {
            (double s, double c) = Math.SinCos(2 * Math.PI * hertz * k / sampleRate);
            re += taps[k] * c;
            im += taps[k] * s;
        }

        return 10 * Math.Log10((re * re) + (im * im));
    }
}
