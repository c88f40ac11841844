namespace Matrixd.Simulation;

/// <summary>Tells speech from silence by energy: enough to know when a caller has finished.</summary>
/// <remarks>One stream, one caller at a time. It counts samples, not time, so the same audio always gives the same turns.</remarks>
internal sealed class SpeechDetector
{
    public const int Rate = 16000; // [Hz]

    private const int Window = Rate / 100; // 10 ms
    private const double StartLevel = 400; // RMS [1/32768], -38 dBFS: line noise is well below, a phone voice well above
    private const double StayLevel = 200; // 6 dB lower, so that soft ends of words belong to the word
    private const int StartWindows = 6; // 60 ms: a click is no speech

    private readonly int _endWindows;
    private double _energy;
    private int _filled;
    private int _loud;
    private int _quiet;

    public SpeechDetector(TimeSpan silence) => _endWindows = Math.Max(1, (int)(silence.TotalMilliseconds / 10));

    public bool Speaking { get; private set; }

    /// <summary>Takes one sample.</summary>
    /// <returns>True where <see cref="Speaking"/> has changed with it.</returns>
    public bool Hear(short sample)
    {
        _energy += (double)sample * sample;
        if (++_filled < Window)
        {
            return false;
        }

        double level = Math.Sqrt(_energy / Window);
        _energy = 0;
        _filled = 0;
        bool before = Speaking;
        if (Speaking)
        {
            _quiet = level < StayLevel ? _quiet + 1 : 0;
            Speaking = _quiet < _endWindows;
        }
        else
        {
            _loud = level >= StartLevel ? _loud + 1 : 0;
            Speaking = _loud >= StartWindows;
        }

        if (Speaking == before)
        {
            return false;
        }

        _loud = 0;
        _quiet = 0;
        return true;
    }

    public void Reset()
    {
        Speaking = false;
        _energy = 0;
        _filled = 0;
        _loud = 0;
        _quiet = 0;
    }
}
