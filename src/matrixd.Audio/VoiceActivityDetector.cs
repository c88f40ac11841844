namespace Matrixd.Audio;

/// <summary>Tells whether somebody is speaking, from the samples of a telephone line.</summary>
/// <remarks>
/// Every 10 ms the level above 180 Hz is held against the noise of the line, which is learned all the time, and against the echo of what is being played;
/// and the spectrum against that of white noise and of tones: keys, ringing, beeps. Three such frames of four begin a <em>run</em> of voice
/// (<see cref="IsVoice"/>); a run of <see cref="VoiceActivityOptions.MinimumSpeech"/> is <em>speech</em> (<see cref="IsSpeech"/>). Whoever wants another
/// minimum at times compares <see cref="SpeechRunLength"/> with it.
/// One instance serves one direction of one call. Threads: not thread-safe, but not bound to a thread. Memory: about 0.5 KiB, only the constructor
/// allocates. Any cut of a stream into blocks gives the same decisions at the same samples, if the level of what is played is the same.
/// </remarks>
public sealed class VoiceActivityDetector
{
    private const int FrameRate = 100; // [Hz]
    private const int FrameSamples = VoiceFrame.Length;
    private const int Past = VoiceFrame.Past;
    private const float Deviations = 2; // by which noise may pass the threshold's foot: steady noise does so in one frame of a hundred
    private const float StayDb = 3; // a run that has begun goes on somewhat softer: ends of words belong to the word
    private const float NoiseFlatness = -1.3f; // [dB] white noise stays above -1, voices below -4
    private const float ToneFlatness = -22; // [dB]
    private const float SteadyFlatness = -14; // [dB] of a tone in noise
    private const float SteadyDb = 0.6f; // from frame to frame; a voice's level never stands that still for long
    private const float Tiny = 1e-10f; // what the filter remembers of a past sound; smaller numbers would be slow to reckon with

    private readonly VoiceActivityOptions _options;
    private readonly float[] _frame = new float[Past + FrameSamples]; // behind the high-pass; the past first
    private readonly int _step; // samples that make one at 8 kHz
    private readonly int _minimum, _hangover, _grace, _tail; // frames

    private NoiseFloor _noise;
    private VoiceRun _run;
    private HighPass _highPass;
    private int _filled; // samples at 8 kHz of the frame that has begun
    private int _partSum; // of the sample that has begun
    private int _partCount;
    private long _frames; // complete ones
    private float _lastLevel;
    private int _steady; // frames in a row that stand as still as a tone
    private EchoLevel _played;

    /// <summary>Makes a detector at the start of a stream.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range; the message says which.</exception>
    public VoiceActivityDetector(VoiceActivityOptions options)
    {
        options.Check();
        _options = options;
        _step = options.SampleRate / (FrameRate * FrameSamples);
        _minimum = Frames(options.MinimumSpeech);
        _hangover = Frames(options.Hangover);
        _grace = Frames(options.Grace);
        _tail = Frames(options.EchoTail);
        Reset();
    }

    /// <summary>A run of voice is under way: the raw decision, without the minimum.</summary>
    public bool IsVoice => _run.Voiced > 0;

    /// <summary>A run has lasted the minimum, or the hangover after it is not over.</summary>
    public bool IsSpeech => _run.IsSpeech;

    /// <summary>The last <see cref="Process"/> has made <see cref="IsSpeech"/> true; it may be false again at the end of a long block.</summary>
    public bool SpeechStarted { get; private set; }

    /// <summary>Where the run under way, or the latest one, began [samples since the start]; -1: there was none.</summary>
    public long Onset => _run.Onset < 0 ? -1 : _run.Onset * FrameSamples * _step;

    /// <summary>Voice in the run under way, its gaps left out; zero where there is none.</summary>
    public TimeSpan SpeechRunLength => TimeSpan.FromTicks(_run.Voiced * (TimeSpan.TicksPerSecond / FrameRate));

    /// <summary>What the line sounds like without a voice, above 180 Hz [dBFS].</summary>
    public double NoiseFloorDbfs => _noise.Dbfs;

    /// <summary>Samples since the start.</summary>
    public long Position => (((_frames * FrameSamples) + _filled) * _step) + _partCount;

    /// <summary>What each block touches beside the object itself: for whoever fetches memory ahead of its use.</summary>
    public object WorkingMemory => _frame;

    /// <summary>Hears the next samples of the stream.</summary>
    /// <param name="pcm">16-bit mono samples at the rate of the options. Any number, also 0.</param>
    /// <param name="farEndDbfs">
    /// Level of what is being played to the line at this time, as <see cref="PcmLevel.RmsDbfs"/> gives it [dBFS]; negative infinity where nothing is.
    /// What comes back of it within the echo's tail is not taken for a voice.
    /// </param>
    /// <returns><see cref="SpeechStarted"/>.</returns>
    public bool Process(ReadOnlySpan<short> pcm, double farEndDbfs = double.NegativeInfinity)
    {
        SpeechStarted = false;
        _played.Hear((float)farEndDbfs);
        if (_step == 1)
        {
            while (!pcm.IsEmpty)
            {
                int part = Math.Min(pcm.Length, FrameSamples - _filled);
                _highPass.Run(pcm[..part], _frame.AsSpan(Past + _filled));
                pcm = pcm[part..];
                Advance(part);
            }

            return SpeechStarted;
        }

        // Wide-band speech has its voice below 4 kHz too: the mean of two or three samples keeps that, and folds what is above softly onto it.
        Span<short> narrow = stackalloc short[FrameSamples];
        while (!pcm.IsEmpty)
        {
            pcm = pcm[Narrow(pcm, narrow[..(FrameSamples - _filled)], out int made)..];
            _highPass.Run(narrow[..made], _frame.AsSpan(Past + _filled));
            Advance(made);
        }

        return SpeechStarted;
    }

    /// <summary>Forgets the stream: the next sample is the first, the noise is unknown.</summary>
    public void Reset()
    {
        Array.Clear(_frame);
        _noise.Reset();
        _run.Reset();
        _highPass = default;
        _filled = 0;
        _partSum = 0;
        _partCount = 0;
        _frames = 0;
        _lastLevel = VoiceFrame.Silence;
        _steady = 0;
        _played.Reset(_tail);
        SpeechStarted = false;
    }

    private int Narrow(ReadOnlySpan<short> pcm, Span<short> narrow, out int made)
    {
        made = 0;
        int taken = 0;
        while (taken < pcm.Length && made < narrow.Length)
        {
            _partSum += pcm[taken++];
            if (++_partCount == _step)
            {
                narrow[made++] = (short)(_partSum / _step);
                _partSum = 0;
                _partCount = 0;
            }
        }

        return taken;
    }

    private void Advance(int samples)
    {
        _filled += samples;
        if (_filled < FrameSamples)
        {
            return;
        }

        _filled = 0;
        VoiceFrame frame = VoiceFrame.Measure(_frame);
        _highPass.Settle(Tiny);
        Judge(frame);
        _frame.AsSpan(FrameSamples).CopyTo(_frame);
        _frames++;
        _played.Advance();
    }

    private void Judge(VoiceFrame frame)
    {
        bool isSteady = Math.Abs(frame.LevelDbfs - _lastLevel) < SteadyDb && frame.FlatnessDb < SteadyFlatness;
        _steady = isSteady ? _steady + 1 : 0;
        _lastLevel = frame.LevelDbfs;
        if (_frames < _grace)
        {
            _noise.Begin(frame.LevelDbfs);
            return;
        }

        float stay = IsVoice ? StayDb : 0;
        float echo = _played.Dbfs - (float)_options.EchoLossDb - stay;
        float threshold = _noise.Dbfs + (float)_options.ThresholdDb + (Deviations * _noise.Deviation) - stay;
        threshold = Math.Max(threshold, (float)_options.LeastLevelDbfs);
        bool isLoud = frame.LevelDbfs > threshold;
        bool isVoiced = isLoud && frame.LevelDbfs > echo && (IsVoice || frame.FlatnessDb < NoiseFlatness) && !IsTone(frame);
        if (isLoud)
        {
            _noise.Watch(frame.LevelDbfs);
        }
        else
        {
            _noise.Learn(frame.LevelDbfs);
        }

        bool before = IsSpeech;
        _run.Add(_frames, isVoiced, _minimum, _hangover);
        SpeechStarted |= IsSpeech && !before;
    }

    private bool IsTone(VoiceFrame frame) =>
        frame.FlatnessDb < ToneFlatness || _steady > 1 || DtmfGuard.IsKey(_frame.AsSpan(Past));

    private static int Frames(TimeSpan time) => (int)(((time.Ticks * FrameRate) + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond);
}
