using Matrixd.Audio;
using Matrixd.Memory;

namespace Matrixd.Calls;

/// <summary>How loud what the caller hears is, at the time at which it is heard: what comes back of it on the line is no caller.</summary>
/// <remarks>A ring of levels for frames of 20 ms on the call's time line. Owned by one call, under its gate; the only allocation is the ring.</remarks>
internal sealed class FarEndLevel : IHot
{
    private const int FrameRate = 50; // [Hz]

    // Beyond the lead: a closing chunk of at most 400 ms, and what a carrier's marks may be late.
    private const int Margin = FrameRate;

    private readonly float[] _levels; // [dBFS]
    private readonly long[] _places; // frame that each level is of
    private readonly int _frame; // [samples]

    /// <param name="sampleRate">The caller's rate [Hz].</param>
    /// <param name="lead">How far ahead of its being heard audio is sent.</param>
    public FarEndLevel(int sampleRate, TimeSpan lead)
    {
        int frames = (int)System.Numerics.BitOperations.RoundUpToPowerOf2((uint)((lead.TotalSeconds * FrameRate) + Margin));
        _levels = new float[frames];
        _places = new long[frames];
        _frame = sampleRate / FrameRate;
        Array.Fill(_levels, float.NegativeInfinity);
    }

    /// <summary>Audio that will be heard.</summary>
    /// <param name="heardAt">When its first sample is heard, on the time line.</param>
    public void Write(long heardAt, ReadOnlySpan<short> pcm)
    {
        while (!pcm.IsEmpty)
        {
            long frame = heardAt / _frame;
            int take = (int)Math.Min(pcm.Length, ((frame + 1) * _frame) - heardAt);
            float level = (float)PcmLevel.RmsDbfs(pcm[..take]);
            int slot = (int)(frame % _levels.Length);
            _levels[slot] = _places[slot] == frame ? Math.Max(_levels[slot], level) : level;
            _places[slot] = frame;
            heardAt += take;
            pcm = pcm[take..];
        }
    }

    /// <summary>Nothing is heard from here on.</summary>
    public void Clear(long now)
    {
        long first = now / _frame;
        for (int slot = 0; slot < _levels.Length; slot++)
        {
            _levels[slot] = _places[slot] > first ? float.NegativeInfinity : _levels[slot];
        }
    }

    /// <summary>Loudest of what is heard in a stretch of time [dBFS]; negative infinity where nothing is.</summary>
    public double At(long position, int length)
    {
        float loudest = float.NegativeInfinity;
        for (long frame = position / _frame; frame <= (position + length) / _frame; frame++)
        {
            int slot = (int)(frame % _levels.Length);
            loudest = _places[slot] == frame ? Math.Max(loudest, _levels[slot]) : loudest;
        }

        return loudest;
    }

    public void AddTo(HotSet set)
    {
        set.Add(_levels);
        set.Add(_places);
    }
}
