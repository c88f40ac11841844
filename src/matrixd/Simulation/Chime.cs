namespace Matrixd.Simulation;

/// <summary>Four bell tones, for machines that cannot speak.</summary>
internal static class Chime
{
    private static readonly double[] s_notes = [523.25, 659.26, 783.99, 1046.5]; // C major, rising [Hz]
    private const double NoteSeconds = 0.3;
    private const double Decay = 6; // a third of a second to near silence [1/s]
    private const double Peak = 9000; // -11 dBFS

    /// <returns>s16 mono at <paramref name="rate"/>.</returns>
    public static short[] At(int rate)
    {
        int note = (int)(rate * NoteSeconds);
        short[] pcm = new short[note * (s_notes.Length + 1)]; // the last one rings on
        for (int n = 0; n < s_notes.Length; n++)
        {
            for (int i = 0; i < note * 2; i++)
            {
                double t = (double)i / rate;
                double attack = Math.Min(1, t / 0.005); // 5 ms, so that it does not click
                double value = attack * Math.Exp(-Decay * t) * (Math.Sin(2 * Math.PI * s_notes[n] * t) + (0.3 * Math.Sin(4 * Math.PI * s_notes[n] * t)));
                int at = (n * note) + i;
                pcm[at] = (short)Math.Clamp(pcm[at] + (value * Peak), short.MinValue, short.MaxValue);
            }
        }

        return pcm;
    }
}
