using Matrixd.Audio;
using Matrixd.Simulation;

namespace Matrixd.Hosting.Demo;

/// <summary>What the caller of the demo says, and when: listens to the greeting, asks, hears the answer, asks again and talks over the answer.</summary>
internal sealed record DemoScene(short[] Pcm, TimeSpan BargeAt, string Greeting, TimeSpan Length)
{
    /// <summary>[Hz]</summary>
    public const int Rate = 8000;

    // A question longer than this would make the demo long.
    private static readonly TimeSpan s_longest = TimeSpan.FromSeconds(8);

    private const string Question = "Hello. I would like to know about my order.";

    private const string Words = "Namaste, this is matrixd. How can I help you?";

    /// <param name="callerPath">A WAV to speak instead of the built-in words; empty: none.</param>
    public static async Task<DemoScene> CreateAsync(string callerPath)
    {
        short[] question = callerPath.Length > 0 ? Read(callerPath) : FirstWords(await CallerSpeech.CreateAsync(Rate, Question));
        short[] interjection = question[..Math.Min(question.Length, Rate * 3 / 2)];
        TimeSpan asked = Time(question.Length);

        List<short> pcm = [];
        Pause(pcm, 6.0); // the greeting, spoken in less than four seconds, on a machine that may be busy
        pcm.AddRange(question);
        Pause(pcm, asked.TotalSeconds + 2.2); // the whole answer: the simulated model waits 0.7 s, then parrots
        pcm.AddRange(question);
        Pause(pcm, 0.7 + Math.Min(1.6, asked.TotalSeconds / 2)); // half an answer
        TimeSpan bargeAt = Time(pcm.Count);
        pcm.AddRange(interjection);
        Pause(pcm, 3.5);
        return new DemoScene([.. pcm], bargeAt, Words, Time(pcm.Count));
    }

    private static short[] Read(string path)
    {
        WavAudio wav = WavFile.Read(path);
        short[] mono = Calls.Samples16.FirstChannel(wav);
        short[] pcm = WholeResampler.Resample(mono, wav.SampleRate, Rate);
        return pcm.Length <= s_longest.TotalSeconds * Rate ? pcm : pcm[..(int)(s_longest.TotalSeconds * Rate)];
    }

    // The built-in recording says more: it is cut at its quietest moment in the third or fourth second.
    private static short[] FirstWords(short[] pcm)
    {
        const int Window = Rate / 10;
        int best = pcm.Length;
        double quietest = double.MaxValue;
        for (int at = 5 * Rate / 2; at + Window < Math.Min(pcm.Length, 4 * Rate); at += Window / 4)
        {
            double level = PcmLevel.RmsDbfs(pcm.AsSpan(at, Window));
            (best, quietest) = level < quietest ? (at + (Window / 2), level) : (best, quietest);
        }

        return pcm.Length <= 4 * Rate ? pcm : pcm[..best];
    }

    private static void Pause(List<short> pcm, double seconds) => pcm.AddRange(new short[(int)(seconds * Rate)]);

    private static TimeSpan Time(int samples) => TimeSpan.FromSeconds((double)samples / Rate);
}
