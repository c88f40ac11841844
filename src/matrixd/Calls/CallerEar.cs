using Matrixd.Audio;
using Matrixd.Memory;

namespace Matrixd.Calls;

/// <summary>Whether the caller is speaking, the echo of what he hears left out.</summary>
/// <remarks>Owned by one call, under its gate; allocates in the constructor only.</remarks>
/// <param name="sampleRate">The caller's rate [Hz].</param>
/// <param name="lead">How far ahead of its being heard audio is sent.</param>
internal sealed class CallerEar(int sampleRate, TimeSpan lead) : IHot
{
    private readonly VoiceActivityDetector _detector = new(new VoiceActivityOptions { SampleRate = sampleRate });

    /// <summary>What the caller hears; the playout tells it.</summary>
    public FarEndLevel FarEnd { get; } = new(sampleRate, lead);

    public bool IsVoice => _detector.IsVoice;

    /// <summary>Voice in the run under way; zero: there is none.</summary>
    public TimeSpan Voice => _detector.SpeechRunLength;

    /// <summary>Hears the next samples of the caller's line.</summary>
    public void Hear(long now, ReadOnlySpan<short> pcm) => _detector.Process(pcm, FarEnd.At(Math.Max(0, now - pcm.Length), pcm.Length));

    public void AddTo(HotSet set) => set.Add(_detector).Add(_detector.WorkingMemory).Add(FarEnd);
}
