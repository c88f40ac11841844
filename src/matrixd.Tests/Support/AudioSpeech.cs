using Matrixd.Audio;
using Matrixd.Tests.Conventions;

namespace Matrixd.Tests.Support;

/// <summary>Utterances of several voices in English and Hindi, from <c>Testdata/Speech</c>, without the silence around them.</summary>
/// <param name="Name">Voice and number.</param>
/// <param name="Samples">At 8 kHz, ±32768.</param>
internal sealed record AudioSpeech(string Name, double[] Samples)
{
    public const int Rate = 8000;

    private const int Frame = Rate / 100;
    private const int Gap = Rate * 180 / 1000; // between utterances 200 ms of digital silence, within them never that much

    private static readonly Lazy<AudioSpeech[]> s_all = new(Load);

    public static IReadOnlyList<AudioSpeech> All => s_all.Value;

    /// <summary>Mean power while there is speech: of the frames that are no more than 30 dB below the loudest.</summary>
    public double ActivePower
    {
        get
        {
            double[] powers = [.. Enumerable.Range(0, Samples.Length / Frame).Select(i => Power(i * Frame))];
            return powers.Where(p => p > powers.Max() / 1000).Average();
        }
    }

    /// <summary>First sample of the first 10 ms that are no more than 20 dB softer than the speech: with noise 20 dB below it, where it comes out of the noise.</summary>
    public int Onset
    {
        get
        {
            double least = ActivePower / 100;
            return Enumerable.Range(0, Samples.Length).First(i => Power(i) > least);
        }
    }

    /// <summary>At a level while there is speech [dBFS].</summary>
    public double[] At(double dbfs)
    {
        double gain = 32768 * Math.Pow(10, dbfs / 20) / Math.Sqrt(ActivePower);
        return [.. Samples.Select(s => s * gain)];
    }

    private double Power(int at)
    {
        double sum = 0;
        int end = Math.Min(at + Frame, Samples.Length);
        for (int i = at; i < end; i++)
        {
            sum += Samples[i] * Samples[i];
        }

        return sum / Frame;
    }

    private static AudioSpeech[] Load()
    {
        var all = new List<AudioSpeech>();
        foreach (string path in Directory.GetFiles(Path.Combine(SourceTree.Root, "src", "matrixd.Tests", "Testdata", "Speech"), "*.wav").Order(StringComparer.Ordinal))
        {
            byte[] wav = File.ReadAllBytes(path);
            int data = wav.AsSpan().IndexOf("data"u8) + 8;
            double[] samples = [.. wav.AsSpan(data, BitConverter.ToInt32(wav, data - 4)).ToArray().Select(Linear)];
            string voice = Path.GetFileNameWithoutExtension(path);
            int count = 0;
            for (int at = 0; Next(samples, ref at) is { Length: > 0 } utterance;)
            {
                all.Add(new AudioSpeech($"{voice} {++count}", utterance));
            }
        }

        return [.. all];
    }

    private static double[] Next(double[] samples, ref int at)
    {
        while (at < samples.Length && samples[at] == 0)
        {
            at++;
        }

        int start = at;
        int end = at;
        while (at < samples.Length && at - end < Gap)
        {
            end = samples[at++] != 0 ? at : end;
        }

        return samples[start..end];
    }

    // Source: ITU-T G.711, mu-law.
    private static double Linear(byte code)
    {
        int bits = ~code & 0xFF;
        int magnitude = ((((bits & 0x0F) << 3) + 132) << ((bits & 0x70) >> 4)) - 132;
        return (bits & 0x80) != 0 ? -magnitude : magnitude;
    }
}
