using Matrixd.Audio;
using Matrixd.Tests.Support;
using Xunit;

namespace Matrixd.Tests.Audio;

/// <summary>The stream: blocks, runs, times.</summary>
public class VoiceActivityDetectorTests
{
    private const int Rate = AudioSpeech.Rate;

    // A second of noise, an utterance, a second of noise.
    private static readonly Lazy<short[]> s_call = new(() =>
    {
        AudioSpeech speech = AudioSpeech.All[0];
        return AudioLine.Mix(AudioLine.Noise("pink", -50, (2 * Rate) + speech.Samples.Length, seed: 1), (speech.At(-24), Rate));
    });

    [Theory]
    [InlineData(8000)]
    [InlineData(16000)]
    [InlineData(24000)]
    public void Any_cut_into_blocks_gives_the_same_decisions_at_the_same_samples(int rate)
    {
        short[] pcm = rate == Rate ? s_call.Value : AudioSignals.Resample(Resampler.Create(Rate, rate), s_call.Value, 160);
        List<string> one = Story(rate, pcm, () => 1);
        Assert.Contains(one, line => line.Contains("speech", StringComparison.Ordinal));

        var random = new Random(3);
        foreach (Func<int> block in new Func<int>[] { () => 7, () => rate / 100, () => random.Next(0, 400) })
        {
            // A decision that changed within a block is seen at its end.
            List<string> story = Story(rate, pcm, block);
            Assert.Equal(one.Select(WithoutPlace), story.Select(WithoutPlace));
        }

        Assert.Equal(one, Story(rate, pcm, () => rate / 100)); // frames end with these blocks
    }

    [Theory]
    [InlineData(8000)]
    [InlineData(24000)]
    public void Hearing_allocates_nothing(int rate)
    {
        var detector = new VoiceActivityDetector(new VoiceActivityOptions { SampleRate = rate });
        short[] noise = AudioSignals.Noise(rate, seed: 1);
        Work();

        long before = GC.GetAllocatedBytesForCurrentThread();
        Work();
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());

        void Work()
        {
            detector.Process(noise, -30);
            detector.Process(noise.AsSpan(0, 7));
            _ = detector.SpeechRunLength + TimeSpan.FromTicks(detector.Onset + (long)detector.NoiseFloorDbfs);
            detector.Reset();
        }
    }

    [Fact]
    public void The_onset_is_where_the_run_began()
    {
        var detector = new VoiceActivityDetector(new VoiceActivityOptions());
        Assert.Equal(-1, detector.Onset);

        bool started = detector.Process(s_call.Value);

        Assert.True(started);
        Assert.True(detector.SpeechStarted);
        Assert.Equal(s_call.Value.Length, detector.Position);
        Assert.InRange(detector.Onset, Rate + AudioSpeech.All[0].Onset - 160, Rate + AudioSpeech.All[0].Onset + 400);
        Assert.False(detector.IsVoice); // a second of noise later
        Assert.False(detector.IsSpeech);
        Assert.Equal(TimeSpan.Zero, detector.SpeechRunLength);
        Assert.False(detector.Process([]));
        Assert.False(detector.SpeechStarted);
    }

    [Fact]
    public void Speech_is_a_run_of_the_minimum_and_a_caller_may_have_another()
    {
        foreach (int minimum in new[] { 50, 120, 300 })
        {
            var detector = new VoiceActivityDetector(new VoiceActivityOptions { MinimumSpeech = TimeSpan.FromMilliseconds(minimum) });
            bool wasSpeech = false;
            foreach (short[] block in s_call.Value.Chunk(80))
            {
                bool started = detector.Process(block);
                Assert.Equal(detector.IsSpeech && !wasSpeech, started);
                if (started)
                {
                    Assert.Equal(minimum, detector.SpeechRunLength.TotalMilliseconds);
                }

                Assert.True(detector.IsSpeech || detector.SpeechRunLength.TotalMilliseconds < minimum);
                wasSpeech = detector.IsSpeech;
            }
        }
    }

    [Theory]
    [InlineData(0)]
    [InlineData(200)]
    [InlineData(700)]
    public void Speech_outlasts_its_last_voice_by_the_hangover(int hangover)
    {
        var options = new VoiceActivityOptions { Hangover = TimeSpan.FromMilliseconds(hangover) };
        double[] voice = [.. Voice().Take(Rate)];
        short[] line = AudioLine.Mix(AudioLine.Noise("white", -60, 4 * Rate, seed: 2), (voice, Rate));
        var detector = new VoiceActivityDetector(options);
        long end = 0;
        foreach (short[] block in line.Chunk(80))
        {
            bool was = detector.IsSpeech;
            detector.Process(block);
            end = was && !detector.IsSpeech ? detector.Position : end;
        }

        // A run in which gaps are allowed is speech to their end, even without any hangover.
        Assert.InRange(end - (2 * Rate), Math.Max(hangover, 120) * 8, (Math.Max(hangover, 120) + 40) * 8);
    }

    [Fact]
    public void Nothing_is_a_voice_in_the_grace()
    {
        var detector = new VoiceActivityDetector(new VoiceActivityOptions { Grace = TimeSpan.FromSeconds(1) });
        short[] voice = AudioLine.Mix([.. Voice().Take(2 * Rate)]);

        foreach (short[] block in voice[..Rate].Chunk(160))
        {
            detector.Process(block);
            Assert.False(detector.IsVoice || detector.IsSpeech);
        }

        Assert.True(detector.Process(voice.AsSpan(Rate)));
        Assert.InRange(detector.Onset, Rate, Rate + 800);
    }

    [Fact]
    public void Who_speaks_from_the_first_sample_is_heard()
    {
        foreach (AudioSpeech speech in AudioSpeech.All)
        {
            var detector = new VoiceActivityDetector(new VoiceActivityOptions { MinimumSpeech = TimeSpan.FromMilliseconds(100) });

            Assert.True(detector.Process(AudioLine.Mix([.. speech.At(-24), .. new double[800]])), speech.Name);
        }
    }

    [Fact]
    public void The_noise_floor_is_that_of_the_noise()
    {
        foreach (double dbfs in new[] { -70.0, -50, -35 })
        {
            var detector = new VoiceActivityDetector(new VoiceActivityOptions());
            detector.Process(AudioLine.Mix(AudioLine.Noise("white", dbfs, 4 * Rate, seed: 4)));

            Assert.Equal(dbfs, detector.NoiseFloorDbfs, 1.5);
        }
    }

    [Fact]
    public void Noise_that_becomes_louder_is_learned_within_two_windows()
    {
        var detector = new VoiceActivityDetector(new VoiceActivityOptions());
        detector.Process(AudioLine.Mix(AudioLine.Noise("pink", -60, 2 * Rate, seed: 4)));
        short[] louder = AudioLine.Mix(AudioLine.Noise("pink", -36, 10 * Rate, seed: 5));

        detector.Process(louder.AsSpan(0, 3 * Rate));
        long onset = detector.Onset;
        detector.Process(louder.AsSpan(3 * Rate));

        Assert.Equal(onset, detector.Onset);
        Assert.False(detector.IsSpeech);
    }

    [Fact]
    public void A_reset_equals_a_fresh_start()
    {
        var detector = new VoiceActivityDetector(new VoiceActivityOptions());
        detector.Process(s_call.Value.AsSpan(0, 9011), -10);

        detector.Reset();

        Assert.Equal((0L, -1L), (detector.Position, detector.Onset));
        Assert.Equal(Story(new VoiceActivityDetector(new VoiceActivityOptions()), s_call.Value, () => 80), Story(detector, s_call.Value, () => 80));
    }

    [Fact]
    public void Extreme_inputs_do_no_harm()
    {
        foreach (short[] pcm in new short[][] { [.. Enumerable.Repeat(short.MinValue, 20_001)], [.. Enumerable.Range(0, 20_001).Select(n => n / 40 % 2 == 0 ? short.MaxValue : short.MinValue)], new short[20_001] })
        {
            var detector = new VoiceActivityDetector(new VoiceActivityOptions());
            detector.Process(pcm, 0);
            detector.Process(pcm, double.NaN);
            detector.Process(s_call.Value.AsSpan(0, Rate));

            Assert.True(double.IsFinite(detector.NoiseFloorDbfs));
            Assert.True(detector.Process(s_call.Value));
        }
    }

    [Fact]
    public void Options_out_of_range_are_refused_by_name()
    {
        Assert.Contains("11025", Refused(new VoiceActivityOptions { SampleRate = 11025 }), StringComparison.Ordinal);
        Assert.Contains("MinimumSpeech", Refused(new VoiceActivityOptions { MinimumSpeech = TimeSpan.FromSeconds(-1) }), StringComparison.Ordinal);
        Assert.Contains("Grace", Refused(new VoiceActivityOptions { Grace = TimeSpan.FromSeconds(61) }), StringComparison.Ordinal);
        Assert.Contains("Hangover", Refused(new VoiceActivityOptions { Hangover = TimeSpan.FromSeconds(11) }), StringComparison.Ordinal);
        Assert.Contains("EchoTail", Refused(new VoiceActivityOptions { EchoTail = TimeSpan.FromSeconds(6) }), StringComparison.Ordinal);
        Assert.Contains("ThresholdDb", Refused(new VoiceActivityOptions { ThresholdDb = double.NaN }), StringComparison.Ordinal);
        Assert.Contains("LeastLevelDbfs", Refused(new VoiceActivityOptions { LeastLevelDbfs = 1 }), StringComparison.Ordinal);
        Assert.Contains("EchoLossDb", Refused(new VoiceActivityOptions { EchoLossDb = -1 }), StringComparison.Ordinal);
    }

    private static string Refused(VoiceActivityOptions options) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new VoiceActivityDetector(options)).Message;

    private static IEnumerable<double> Voice() => AudioSpeech.All.Where(s => s.Name.StartsWith("hindi", StringComparison.Ordinal)).SelectMany(s => s.At(-24));

    private static List<string> Story(int rate, short[] pcm, Func<int> block) =>
        Story(new VoiceActivityDetector(new VoiceActivityOptions { SampleRate = rate }), pcm, block);

    // Every change, with its place.
    private static List<string> Story(VoiceActivityDetector detector, short[] pcm, Func<int> block)
    {
        var story = new List<string>();
        (bool Voice, bool Speech) was = default;
        for (int at = 0; at < pcm.Length;)
        {
            int length = Math.Min(block(), pcm.Length - at);
            bool started = detector.Process(pcm.AsSpan(at, length));
            at += length;
            Assert.Equal(at, detector.Position);
            Assert.Equal(started, detector.SpeechStarted);
            if (was != (detector.IsVoice, detector.IsSpeech))
            {
                was = (detector.IsVoice, detector.IsSpeech);
                story.Add($"{at}: {(was.Voice ? "voice " : "")}{(was.Speech ? "speech " : "")}from {detector.Onset}");
            }
        }

        story.Add($"{pcm.Length}: {detector.NoiseFloorDbfs:R}");
        return story;
    }

    private static string WithoutPlace(string line) => line[(line.IndexOf(':', StringComparison.Ordinal) + 1)..];
}
