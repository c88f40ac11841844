namespace Matrixd.Simulation;

/// <summary>Listens to the caller and cuts what was said into utterances.</summary>
/// <remarks>Owned by one connection and called under its lock.</remarks>
internal sealed class GeminiEar(TimeSpan silence)
{
    private const int LeadIn = SpeechDetector.Rate * 3 / 10; // 300 ms before the detected start belong to the utterance
    private const int Longest = SpeechDetector.Rate * 60; // an utterance is cut after a minute: 2 MB at most

    private readonly SpeechDetector _detector = new(silence);
    private readonly List<short> _utterance = [];
    private bool _open; // the client itself marks the turn

    /// <summary>What the ear found in the audio it was given.</summary>
    public enum Finding
    {
        Nothing,
        Started,
        Ended,
    }

    /// <summary>Audio heard so far [samples at 16 kHz].</summary>
    public long Heard { get; private set; }

    /// <summary>Takes samples until something is found; call again with the rest.</summary>
    /// <returns>How many were taken.</returns>
    public int Hear(ReadOnlySpan<short> pcm, bool detect, out Finding finding)
    {
        finding = Finding.Nothing;
        for (int i = 0; i < pcm.Length; i++)
        {
            Heard++;
            _utterance.Add(pcm[i]);
            bool changed = detect && _detector.Hear(pcm[i]);
            bool speaking = detect ? _detector.Speaking : _open;
            if (!speaking && !changed && _utterance.Count > LeadIn * 2)
            {
                _utterance.RemoveRange(0, _utterance.Count - LeadIn); // in steps, not for each sample
            }

            if (changed || _utterance.Count >= Longest)
            {
                finding = speaking && changed ? Finding.Started : Finding.Ended;
                return i + 1;
            }
        }

        return pcm.Length;
    }

    /// <summary>The client says that the caller has begun.</summary>
    public void Open()
    {
        _open = true;
        _utterance.Clear();
    }

    /// <summary>Ends the utterance that is open, if one is.</summary>
    /// <returns>True where one was.</returns>
    public bool Close()
    {
        bool was = _open || _detector.Speaking;
        _open = false;
        return was;
    }

    /// <summary>Takes the finished utterance away.</summary>
    public short[] Take()
    {
        short[] pcm = [.. _utterance];
        _utterance.Clear();
        _detector.Reset();
        return pcm;
    }
}
