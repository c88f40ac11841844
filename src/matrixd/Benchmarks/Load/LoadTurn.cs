namespace Matrixd.Benchmarks;

internal enum LoadTurnState
{
    /// <summary>The model listens.</summary>
    None,

    /// <summary>Parts of audio go out.</summary>
    Speaking,

    /// <summary>All has been said; the caller still hears it.</summary>
    Said,

    /// <summary>The model was interrupted.</summary>
    BrokenOff,
}

/// <summary>One answer of the model, from both ends: what was said of it, and what the caller heard.</summary>
internal sealed class LoadTurn
{
    // 200 ms at 24 kHz: what a chunk of 3,200 bytes holds at 8 kHz.
    private const int ChunkSamples = 4800;

    public LoadTurnState State { get; set; }

    public int Number { get; set; }

    /// <summary>Since it began [20 ms].</summary>
    public int Ticks { get; set; }

    public int Parts { get; set; }

    public int SentParts { get; set; }

    /// <summary>When it is interrupted [ticks]; 0: it is not.</summary>
    public int InterruptTick { get; set; }

    /// <summary>Of the whole turn [samples at 24 kHz].</summary>
    public long Planned { get; set; }

    /// <summary>Sent so far [samples at 24 kHz].</summary>
    public long Given { get; private set; }

    /// <summary>Came to the caller [samples at 8 kHz].</summary>
    public long Out { get; set; }

    /// <summary>When a first chunk's worth had been sent [ns].</summary>
    public long FilledAt { get; private set; }

    /// <summary>[ns]; 0: it was not.</summary>
    public long InterruptedAt { get; set; }

    public bool IsHeard { get; set; }

    public bool IsCleared { get; set; }

    /// <summary>Takes note of a part about to be sent.</summary>
    public void Give(int samples, long now)
    {
        if (Given < ChunkSamples && Given + samples >= ChunkSamples)
        {
            FilledAt = now;
        }

        Given += samples;
    }

    /// <summary>Counts it, now that it should have been heard.</summary>
    public void Judge(LoadFigures figures)
    {
        figures.Turns++;
        if (InterruptedAt != 0)
        {
            figures.Interrupted++;
            figures.MissingClears += IsCleared ? 0 : 1;
            return;
        }

        long expected = Planned / 3;
        figures.SamplesExpected += expected;
        figures.SamplesMissing += Math.Max(0, expected - Out);
    }
}
