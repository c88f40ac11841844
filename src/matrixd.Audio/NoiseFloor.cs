namespace Matrixd.Audio;

/// <summary>The level of what is there without a voice, and how much it varies. A mutable value; one owner.</summary>
/// <remarks>
/// Frames that are no voice are averaged. What seems to be voice moves nothing at once, but the lowest level of the last second and a half does: nobody
/// speaks that long without a gap, so that is noise which has become louder.
/// </remarks>
internal struct NoiseFloor
{
    private const float Start = -50; // [dBFS] of a line nobody has listened to yet
    private const float Loudest = -20; // [dBFS] above this nothing is understood, whatever it is
    private const float LoudestAtFirst = -40; // [dBFS] what is louder right at the start is rather somebody who speaks already
    private const float StartDeviation = 1; // [dB]
    private const float Average = 0.05f; // 200 ms: long against one frame's chance, short against a change of place
    private const float Fall = 0.25f; // 40 ms: the noise was a passing car, or the line was switched
    private const float FallFrom = 6; // [dB] below the floor; the chance of steady noise hardly reaches it
    private const float LowestToMean = 3; // [dB] by which the softest of many frames of noise lies below their mean
    private const int HalfWindow = 75; // frames of 10 ms; the window is one to two of them

    private float _lowest; // in the half window that runs
    private float _lowestBefore; // in the one before it
    private int _filled;

    /// <summary>[dBFS]</summary>
    public float Dbfs { get; private set; }

    /// <summary>Mean distance from the floor [dB]: 0.6 for white noise, 2 where it has few frequencies.</summary>
    public float Deviation { get; private set; }

    public void Reset()
    {
        Dbfs = Start;
        Deviation = StartDeviation;
        _lowest = 0;
        _lowestBefore = 0;
        _filled = 0;
    }

    /// <summary>A frame of a line on which nobody is expected to speak yet.</summary>
    public void Begin(float level)
    {
        _lowest = Math.Min(_lowest, level);
        Dbfs = Math.Min(_lowest + LowestToMean, LoudestAtFirst);
    }

    /// <summary>A frame without a voice.</summary>
    public void Learn(float level)
    {
        float difference = level - Dbfs;
        Deviation += (Math.Min(Math.Abs(difference), FallFrom) - Deviation) * Average;
        Dbfs = Math.Min(Dbfs + (difference * (difference < -FallFrom ? Fall : Average)), Loudest);
        Watch(level);
    }

    /// <summary>Any frame, in order.</summary>
    public void Watch(float level)
    {
        _lowest = Math.Min(_lowest, level);
        if (++_filled < HalfWindow)
        {
            return;
        }

        float lowest = Math.Min(_lowest, _lowestBefore) + LowestToMean;
        if (_lowestBefore < 0 && lowest > Dbfs)
        {
            Dbfs = Math.Min(lowest, Loudest);
        }

        _lowestBefore = _lowest;
        _lowest = 0;
        _filled = 0;
    }
}
