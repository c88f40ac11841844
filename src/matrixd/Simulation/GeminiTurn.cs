namespace Matrixd.Simulation;

/// <summary>One thing that the model says.</summary>
/// <remarks>Its progress belongs to the <see cref="GeminiMouth"/> that says it.</remarks>
/// <param name="Pcm">24 kHz.</param>
/// <param name="Transcript">Goes out in pieces beside the audio; empty: none.</param>
internal sealed record GeminiTurn(ReadOnlyMemory<short> Pcm, string Transcript)
{
    public TimeSpan Started { get; set; }

    /// <summary>Samples that have gone out.</summary>
    public int Sent { get; set; }

    public int Messages { get; set; }

    /// <summary>generationComplete has gone out.</summary>
    public bool Generated { get; set; }

    /// <summary>True: said to its end; false: interrupted, or the connection ended.</summary>
    public TaskCompletionSource<bool> Done { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The words that fall into a stretch of the audio; each begins with its space, as Google's do.</summary>
    public string TranscriptFor(int from, int count)
    {
        int first = Cut(from);
        return Transcript[first..Cut(from + count)];
    }

    // Pieces end before a space, so that no word is split; the first piece begins at 0 and the last ends at the end.
    private int Cut(int sample)
    {
        if (sample <= 0 || Pcm.Length == 0)
        {
            return 0;
        }

        if (sample >= Pcm.Length)
        {
            return Transcript.Length;
        }

        int space = Transcript.IndexOf(' ', (int)((long)Transcript.Length * sample / Pcm.Length));
        return space < 0 ? Transcript.Length : space;
    }
}
