using Matrixd.Audio;

namespace Matrixd.Calls;

/// <summary>When the caller was last heard to make a sound, for turn times and response latency; decides nothing about the call.</summary>
/// <remarks>Owned by one call, under its gate. Positions are samples on the recording's time line.</remarks>
/// <param name="sampleRate">[Hz]</param>
internal sealed class SpeechTracker(int sampleRate)
{
    // Speech on a phone line stands 20 dB and more above this, line noise below it.
    private const double AudibleDbfs = -42;

    /// <summary>A pause shorter than this lies within an utterance [samples].</summary>
    public long Pause { get; } = sampleRate * 7 / 10;

    /// <summary>Start of the latest utterance; -1: none yet.</summary>
    public long Start { get; private set; } = -1;

    /// <summary>End of the latest audible frame; -1: none yet.</summary>
    public long End { get; private set; } = -1;

    public void Hear(long position, ReadOnlySpan<short> pcm)
    {
        if (PcmLevel.RmsDbfs(pcm) < AudibleDbfs)
        {
            return;
        }

        if (Start < 0 || position - End > Pause)
        {
            Start = position;
        }

        End = position + pcm.Length;
    }
}
