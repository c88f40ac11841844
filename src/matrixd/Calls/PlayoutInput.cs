using Matrixd.Audio;

namespace Matrixd.Calls;

/// <summary>Model audio on its way into the playout: brought to the caller's rate, turn by turn.</summary>
/// <remarks>Owned by one call, under its gate; allocates once where the model changes its rate.</remarks>
/// <param name="sampleRate">The caller's rate [Hz].</param>
internal sealed class PlayoutInput(PlayoutQueue queue, int sampleRate, CallCounters counters)
{
    // The longest turn a model can speak at once (8,192 output tokens at 25 a second) is 5.5 min; what exceeds the bound is dropped and counted.
    private const int MostSeconds = 360;

    private readonly int _bound = Bound(sampleRate);
    private Resampler? _resampler;

    /// <summary>Audio the queue takes [bytes].</summary>
    public static int Bound(int sampleRate) => MostSeconds * sampleRate * Pcm.BytesPerSample;

    /// <summary>Audio has come in and its end has not.</summary>
    public bool IsTurnOpen { get; private set; }

    /// <param name="pcm">s16le mono; whole samples.</param>
    /// <param name="rate">[Hz]</param>
    /// <exception cref="ArgumentException">There is no way from <paramref name="rate"/> to the caller's rate.</exception>
    public void Write(ReadOnlySpan<byte> pcm, int rate)
    {
        Span<short> output = stackalloc short[Samples16.BlockLength];
        if (_resampler is null || _resampler.InputRate != rate)
        {
            Resampler next = Resampler.Create(rate, sampleRate);
            Flush(output); // what the old one holds comes first
            _resampler = next;
        }

        IsTurnOpen = true;
        ReadOnlySpan<short> input = Samples16.Of(pcm);
        int step = (int)((long)(Samples16.BlockLength - 4) * rate / sampleRate);
        while (!input.IsEmpty)
        {
            int take = Math.Min(step, input.Length);
            Enqueue(output[.._resampler.Process(input[..take], output)]);
            input = input[take..];
        }
    }

    /// <summary>All audio of the turn has come: its last samples leave the filter.</summary>
    public void EndTurn()
    {
        Flush(stackalloc short[Samples16.BlockLength]);
        IsTurnOpen = false;
    }

    /// <summary>What the filter holds is void.</summary>
    public void Reset()
    {
        _resampler?.Reset();
        IsTurnOpen = false;
    }

    // The next turn begins with a filter that knows nothing of this one.
    private void Flush(Span<short> output)
    {
        if (_resampler is not null && IsTurnOpen)
        {
            Enqueue(output[.._resampler.Flush(output)]);
            _resampler.Reset();
        }
    }

    private void Enqueue(ReadOnlySpan<short> pcm)
    {
        ReadOnlySpan<byte> bytes = Samples16.BytesOf(pcm);
        int taken = Math.Clamp(_bound - queue.Count, 0, bytes.Length);
        queue.Write(bytes[..taken]);
        if (taken < bytes.Length)
        {
            CallCounters.Add(ref counters.PlayoutDroppedBytes, bytes.Length - taken);
        }
    }
}
