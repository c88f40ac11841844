namespace Matrixd.Simulation;

/// <summary>Something for a simulated caller to say.</summary>
internal static class CallerSpeech
{
    /// <summary>What is said, here and in the recording inside the program.</summary>
    public const string Words = "Hello. I would like to know about my order. The number is four, seven, one.";

    private const string Recording = "caller.wav"; // 8 kHz, espeak-ng's English voice

    /// <summary>The recording that is part of the program.</summary>
    /// <param name="rate">[Hz]</param>
    public static short[] BuiltIn(int rate)
    {
        using Stream wav = typeof(CallerSpeech).Assembly.GetManifestResourceStream(Recording)!;
        return SpeechFile.Read(wav, rate);
    }

    /// <summary>Speaks with espeak-ng where it is installed; else it is the built-in recording.</summary>
    /// <param name="rate">[Hz]</param>
    public static async Task<short[]> CreateAsync(int rate, string words = Words) => await SpeechSynthesis.SpeakAsync(words, rate) ?? BuiltIn(rate);
}
