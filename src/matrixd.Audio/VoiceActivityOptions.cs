namespace Matrixd.Audio;

/// <summary>How a <see cref="VoiceActivityDetector"/> decides. The defaults are for a caller who may interrupt.</summary>
public sealed record VoiceActivityOptions
{
    /// <summary>Rate of the samples [Hz]: 8000, 16000 or 24000.</summary>
    public int SampleRate { get; init; } = 8000;

    /// <summary>Voice it takes until it is called speech: a cough is shorter, a word that means something seldom is. 0 to 10 s.</summary>
    public TimeSpan MinimumSpeech { get; init; } = TimeSpan.FromMilliseconds(250);

    /// <summary>Time at the start in which nothing is called voice, and the noise of the line is learned. 0 to 60 s.</summary>
    public TimeSpan Grace { get; init; } = TimeSpan.FromMilliseconds(200);

    /// <summary>How long speech goes on being called so after its last voice: pauses between words are shorter. 0 to 10 s.</summary>
    public TimeSpan Hangover { get; init; } = TimeSpan.FromMilliseconds(400);

    /// <summary>How far above the noise a voice must be [dB], beyond twice what the noise varies by; 3 to 40. Lower hears more, and more that is none.</summary>
    public double ThresholdDb { get; init; } = 5;

    /// <summary>What is softer is no voice, however quiet the line [dBFS]; -80 to 0. A caller who can be understood is at -40 or above.</summary>
    public double LeastLevelDbfs { get; init; } = -50;

    /// <summary>
    /// How much softer than what is played its echo is counted on to be [dB]; 0 to 80. What is not louder than that is taken for echo. Lines lose
    /// 20 dB or more; the difference is for peaks that fall into different blocks. A caller who talks over it must be louder than that for so long.
    /// </summary>
    public double EchoLossDb { get; init; } = 17;

    /// <summary>How late echo may come [0 to 5 s]: the carrier's queue, the way there and back.</summary>
    public TimeSpan EchoTail { get; init; } = TimeSpan.FromMilliseconds(600);

    internal void Check()
    {
        if (SampleRate is not (8000 or 16000 or 24000))
        {
            throw new ArgumentOutOfRangeException(nameof(SampleRate), SampleRate, "Voice activity is detected at 8000, 16000 or 24000 Hz. Resample first.");
        }

        CheckTime(MinimumSpeech, 10, nameof(MinimumSpeech));
        CheckTime(Grace, 60, nameof(Grace));
        CheckTime(Hangover, 10, nameof(Hangover));
        CheckTime(EchoTail, 5, nameof(EchoTail));
        CheckLevel(ThresholdDb, 3, 40, nameof(ThresholdDb));
        CheckLevel(LeastLevelDbfs, -80, 0, nameof(LeastLevelDbfs));
        CheckLevel(EchoLossDb, 0, 80, nameof(EchoLossDb));
    }

    private static void CheckTime(TimeSpan value, int most, string name)
    {
        if (value < TimeSpan.Zero || value > TimeSpan.FromSeconds(most))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be 0 to {most} s.");
        }
    }

    private static void CheckLevel(double value, double least, double most, string name)
    {
        if (!(value >= least && value <= most))
        {
            throw new ArgumentOutOfRangeException(name, value, $"{name} must be {least} to {most} dB.");
        }
    }
}
