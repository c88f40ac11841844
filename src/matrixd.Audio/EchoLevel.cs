namespace Matrixd.Audio;

/// <summary>The loudest of what was played within the time an echo may take. A mutable value; one owner.</summary>
internal struct EchoLevel
{
    private const int Parts = 16;

    private PartLevels _loudest; // of each part of the tail, a ring
    private int _partFrames;
    private int _filled; // frames of the newest part
    private int _newest;

    /// <param name="tail">[frames]</param>
    public void Reset(int tail)
    {
        _partFrames = (tail / (Parts - 1)) + 1; // the newest part is not full yet
        _filled = 0;
        _newest = 0;
        ((Span<float>)_loudest).Fill(float.NegativeInfinity);
        Dbfs = float.NegativeInfinity;
    }

    /// <summary>[dBFS]</summary>
    public float Dbfs { get; private set; }

    /// <summary>What is played now.</summary>
    public void Hear(float level)
    {
        _loudest[_newest] = Math.Max(_loudest[_newest], level);
        Dbfs = Math.Max(Dbfs, level);
    }

    /// <summary>A frame has passed.</summary>
    public void Advance()
    {
        if (++_filled < _partFrames)
        {
            return;
        }

        _filled = 0;
        _newest = (_newest + 1) % Parts;
        _loudest[_newest] = float.NegativeInfinity;
        Dbfs = float.NegativeInfinity;
        foreach (float level in _loudest)
        {
            Dbfs = Math.Max(Dbfs, level);
        }
    }

    [System.Runtime.CompilerServices.InlineArray(Parts)]
    private struct PartLevels
    {
        private float _first;
    }
}
