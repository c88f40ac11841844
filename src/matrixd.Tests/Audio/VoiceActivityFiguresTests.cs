using Matrixd.Audio;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Audio;

/// <summary>How soon voices are heard, and how seldom what is none.</summary>
public class VoiceActivityFiguresTests
{
    private const int Rate = AudioSpeech.Rate;
    private const int TenMinutes = 600 * Rate;

    [Theory]
    [InlineData("white", -20, 8000)]
    [InlineData("white", -32, 8000)]
    [InlineData("pink", -26, 8000)]
    [InlineData("brown", -26, 8000)]
    [InlineData("hum", -26, 8000)]
    [InlineData("pink", -26, 16000)]
    [InlineData("white", -26, 24000)]
    public void Voices_20_dB_above_the_noise_are_heard_within_60_ms_and_none_is_missed(string noise, double dbfs, int rate)
    {
        var delays = new List<double>(); // [ms]
        int missed = 0;
        foreach (AudioSpeech speech in AudioSpeech.All)
        {
            int lead = Rate + (delays.Count * 37 % 80); // at all places of a frame
            double[] line = AudioLine.Noise(noise, dbfs - 20, lead + speech.Samples.Length + (Rate / 2), seed: delays.Count);
            (double? raw, bool isSpeech) = Hear(AudioLine.Mix(line, (speech.At(dbfs), lead)), rate);
            if (raw is { } at)
            {
                delays.Add(at - ((lead + speech.Onset) * 1000.0 / Rate));
            }

            missed += raw is null || !isSpeech ? 1 : 0;
        }

        Assert.Equal(64, delays.Count);
        Assert.Equal(0, missed);
        Assert.InRange(delays.Order().ElementAt(delays.Count / 2), 0, 60);
        Assert.InRange(delays.Min(), -30, 60); // nothing is "heard" in the noise before: an onset may be softer than what is counted as one
        Assert.InRange(delays.Max(), 0, 200);
    }

    [Theory]
    [InlineData("white", -60)]
    [InlineData("white", -40)]
    [InlineData("pink", -50)]
    [InlineData("pink", -36)]
    [InlineData("brown", -40)]
    [InlineData("hum", -30)]
    [InlineData("buzz", -40)]
    [InlineData("crackle", -40)]
    public void Ten_minutes_of_line_noise_are_no_voice(string noise, double dbfs)
    {
        Assert.Equal((0, 0), Count(AudioLine.Mix(AudioLine.Noise(noise, dbfs, TenMinutes, seed: 7))));
    }

    [Theory]
    [InlineData(-90)]
    [InlineData(-60)]
    [InlineData(-40)]
    public void Ten_minutes_of_keys_are_no_voice(double noise)
    {
        double[] keys = AudioLine.Keys(TenMinutes, seed: 5, out int count);

        Assert.True(count > 1000);
        Assert.Equal((0, 0), Count(AudioLine.Mix(AudioLine.Noise("white", noise, TenMinutes, seed: 9), (keys, 0))));
    }

    [Theory]
    [InlineData(50)]
    [InlineData(500)]
    public void Ten_minutes_of_our_own_voice_20_dB_softer_are_no_voice(int delayMilliseconds)
    {
        double[] played = Played();
        double[] echo = [.. Enumerable.Range(0, TenMinutes).Select(n => Echo(played, n - (delayMilliseconds * Rate / 1000)))];
        short[] line = AudioLine.Mix(AudioLine.Noise("pink", -58, TenMinutes, seed: 3), (echo, 0));

        Assert.Equal((0, 0), Count(line, at => Level(played.AsSpan(at, 160))));
        Assert.True(Count(line).Speech > 100); // which is what would be heard without knowing what is played
    }

    [Fact]
    public void Who_speaks_over_our_own_voice_is_heard()
    {
        double[] played = Played();
        int missed = 0;
        foreach (AudioSpeech speech in AudioSpeech.All)
        {
            double[] echo = [.. Enumerable.Range(0, (2 * Rate) + speech.Samples.Length).Select(n => Echo(played, n - 1600))];
            short[] line = AudioLine.Mix(AudioLine.Noise("pink", -58, echo.Length, seed: 3), (echo, 0), (speech.At(-22), Rate));
            missed += Count(line, at => Level(played.AsSpan(at, 160))).Speech > 0 ? 0 : 1;
        }

        Assert.InRange(missed, 0, AudioSpeech.All.Count / 10);
    }

    [Fact]
    public void A_cough_of_150_ms_is_a_run_of_voice_and_no_speech()
    {
        for (int seed = 0; seed < 200; seed++)
        {
            double[] noise = AudioLine.Noise("white", -55, 2 * Rate, seed);
            double[] cough = AudioLine.Cough(Rate * 150 / 1000, -18, seed);

            Assert.Equal((1, 0), Count(AudioLine.Mix(noise, (cough, Rate))));
        }
    }

    // When a voice was first heard [ms], and whether it became speech.
    private static (double? Raw, bool IsSpeech) Hear(short[] line, int rate)
    {
        short[] pcm = rate == Rate ? line : AudioSignals.Resample(Resampler.Create(Rate, rate), line, 160);
        var detector = new VoiceActivityDetector(new VoiceActivityOptions { SampleRate = rate });
        int block = rate / 100;
        double? raw = null;
        bool isSpeech = false;
        for (int at = 0; at + block <= pcm.Length; at += block)
        {
            isSpeech |= detector.Process(pcm.AsSpan(at, block));
            raw ??= detector.IsVoice ? detector.Position * 1000.0 / rate : null;
        }

        return (raw, isSpeech);
    }

    private static (int Voice, int Speech) Count(short[] line, Func<int, double>? played = null)
    {
        var detector = new VoiceActivityDetector(new VoiceActivityOptions());
        int voice = 0, speech = 0;
        long onset = -1;
        for (int at = 0; at + 160 <= line.Length; at += 160)
        {
            speech += detector.Process(line.AsSpan(at, 160), played?.Invoke(at) ?? double.NegativeInfinity) ? 1 : 0;
            voice += detector.Onset != onset ? 1 : 0;
            onset = detector.Onset;
        }

        return (voice, speech);
    }

    // All utterances in turn at -20 dBFS, a quarter of a second apart.
    private static double[] Played()
    {
        double[] once = [.. AudioSpeech.All.SelectMany(s => s.At(-20).Concat(new double[Rate / 4]))];
        return [.. Enumerable.Range(0, TenMinutes).Select(n => once[n % once.Length])];
    }

    // -20 dB, by three ways of different length.
    private static double Echo(double[] played, int n) =>
        n < 13 ? 0 : 0.1 * ((0.9 * played[n]) - (0.3 * played[n - 5]) + (0.2 * played[n - 13])) / 0.97;

    private static double Level(ReadOnlySpan<double> signal)
    {
        double sum = 1e-6;
        foreach (double x in signal)
        {
            sum += x * x;
        }

        return 10 * Math.Log10(sum / signal.Length / 32768 / 32768);
    }
}
