namespace Matrixd.Tests.Support;

/// <summary>Test signals, the same at every run.</summary>
internal static class Signals
{
    public static short[] Tone(double hertz, int rate, double seconds, double amplitude = 8000)
    {
        short[] pcm = new short[(int)(rate * seconds)];
        for (int i = 0; i < pcm.Length; i++)
        {
            pcm[i] = (short)Math.Round(amplitude * Math.Sin(2 * Math.PI * hertz * i / rate));
        }

        return pcm;
    }

    /// <summary>Something that a voice detector takes for speech: harmonics of a gliding pitch under a syllable rhythm.</summary>
    public static short[] Speech(int rate, double seconds, int seed = 1)
    {
        Random random = new(seed);
        short[] pcm = new short[(int)(rate * seconds)];
        double phase = 0;
        for (int i = 0; i < pcm.Length; i++)
        {
            double t = (double)i / rate;
            double pitch = 140 + (40 * Math.Sin(2 * Math.PI * 0.7 * t));
            phase += 2 * Math.PI * pitch / rate;
            double voice = 0;
            for (int harmonic = 1; harmonic <= 12; harmonic++)
            {
                voice += Math.Sin(harmonic * phase) / harmonic;
            }

            double syllable = 0.35 + (0.65 * Math.Abs(Math.Sin(2 * Math.PI * 2.2 * t)));
            pcm[i] = (short)Math.Round((6000 * syllable * voice) + (random.NextDouble() * 40));
        }

        return pcm;
    }

    /// <summary>Noise in which every moment differs from every other: what a correlation finds again exactly.</summary>
    public static short[] Noise(int rate, double seconds, int seed, double amplitude = 6000)
    {
        Random random = new(seed);
        short[] pcm = new short[(int)(rate * seconds)];
        for (int i = 0; i < pcm.Length; i++)
        {
            pcm[i] = (short)((random.NextDouble() - 0.5) * 2 * amplitude);
        }

        return pcm;
    }
}
