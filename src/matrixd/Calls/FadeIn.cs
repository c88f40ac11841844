using System.Runtime.InteropServices;

namespace Matrixd.Calls;

/// <summary>Audio that begins in the middle of a word begins softly: a step from silence is heard as a click.</summary>
internal static class FadeIn
{
    // 10 ms: longer than the click, shorter than a sound of speech.
    private const int PartOfSecond = 100;

    /// <summary>Applies the part of the fade that falls into a piece of audio.</summary>
    /// <param name="pcm">s16le.</param>
    /// <param name="offset">Samples from the fade's start to the piece's first sample; negative: the fade begins within it or later.</param>
    public static void Apply(Span<byte> pcm, long offset, int sampleRate)
    {
        int length = sampleRate / PartOfSecond;
        if (offset >= length)
        {
            return; // nearly always
        }

        Span<short> samples = MemoryMarshal.Cast<byte, short>(pcm);
        for (long i = Math.Max(0, -offset); i < samples.Length && offset + i < length; i++)
        {
            samples[(int)i] = (short)(samples[(int)i] * (offset + i) / length);
        }
    }
}
