using Matrixd.Audio;

namespace Matrixd.Calls;

/// <summary>How loud what the caller hears is, at the time at which it is heard: what comes back of it on the line is no caller.</summary>
/// <remarks>A ring of levels for frames of 20 ms on the call's time line. Owned by one call, under its gate; the only allocation is the ring.</remarks>
internal sealed class FarEndLevel
{
    private const int FrameRate = 50; // [Hz]

    // Beyond the lead: a closing chunk of at most 400 ms, and what a carrier's marks may be late.
    private const int Margin = FrameRate;

    private readonly (int Frame, float Dbfs)[] _levels; // of one frame each, and which
    private readonly int _frame; // [samples]

    /// <param name="sampleRate">The caller's rate [Hz].</param>
    /// <param name="lead">How far ahead of its being heard audio is sent.</param>
    public FarEndLevel(int sampleRate, TimeSpan lead)
    {
        int frames = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)((lead.TotalSeconds * FrameRate) + Margin));
        _levels = new (int, float)[frames];
        _frame = sampleRate / FrameRate;
        Array.Fill(_levels, (0, float.NegativeInfinity));
    }

    /// <summary>Audio that will be heard.</summary>
    /// <param name="heardAt">When its first sample is heard, on the time line.</param>
    public void Write(long heardAt, ReadOnlySpan<short> pcm)
    {
        while (!pcm.IsEmpty)
        {
            int frame = (int)(heardAt / _frame); // a call would have to last a year
            int take = (int)Math.Min(pcm.Length, ((frame + 1L) * _frame) - heardAt);
            float level = (float)PcmLevel.RmsDbfs(pcm[..take]);
            ref (int Frame, float Dbfs) slot = ref Slot(frame);
            slot = (frame, slot.Frame == frame ? Math.Max(slot.Dbfs, level) : level);
            heardAt += take;
            pcm = pcm[take..];
        }
    }

    /// <summary>Nothing is heard from here on.</summary>
    public void Clear(long now)
    {
        long first = now / _frame;
        foreach (ref (int Frame, float Dbfs) slot in _levels.AsSpan())
        {
            slot.Dbfs = slot.Frame > first ? float.NegativeInfinity : slot.Dbfs;
        }
    }

    /// <summary>Loudest of what is heard in a stretch of time [dBFS]; negative infinity where nothing is.</summary>
    public double At(long position, int length)
    {
        float loudest = float.NegativeInfinity;
        for (int frame = (int)(position / _frame); frame <= (position + length) / _frame; frame++)
        {
            (int Frame, float Dbfs) slot = Slot(frame);
            loudest = slot.Frame == frame ? Math.Max(loudest, slot.Dbfs) : loudest;
        }

        return loudest;
    }

    private ref (int Frame, float Dbfs) Slot(int frame) => ref _levels[frame & (_levels.Length - 1)];
}
