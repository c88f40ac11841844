namespace Matrixd.Audio;

/// <summary>What a WAV file holds.</summary>
/// <param name="SampleRate">[Hz]</param>
/// <param name="Channels">1 or more.</param>
/// <param name="Samples">16-bit samples; those of one instant stand side by side. Whole instants.</param>
public sealed record WavAudio(int SampleRate, int Channels, short[] Samples)
{
    /// <summary>Playing time.</summary>
    public TimeSpan Duration => TimeSpan.FromSeconds((double)Samples.Length / Channels / SampleRate);
}
