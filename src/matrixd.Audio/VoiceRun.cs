namespace Matrixd.Audio;

/// <summary>Makes runs of voice from frames, and speech from runs. A mutable value; one owner.</summary>
/// <remarks>Everything counts frames.</remarks>
internal struct VoiceRun
{
    private const int NeededOfLast = 3; // voiced frames of the last four begin a run: a click has one or two, a tone its first and its last
    private const int Gap = 12; // frames without voice within a run: the closure of a "t" or "k" takes up to that

    private uint _last; // one bit a frame, the newest lowest
    private int _sinceVoice;

    /// <summary>First frame of the run, or of the latest one; -1: there was none.</summary>
    public long Onset { get; private set; }

    /// <summary>Voiced frames of the run that is under way; 0: none is.</summary>
    public int Voiced { get; private set; }

    /// <summary>The run has lasted long enough, or did less than the hangover ago.</summary>
    public bool IsSpeech { get; private set; }

    public void Reset() => this = new VoiceRun { Onset = -1 };

    /// <param name="frame">Its number.</param>
    /// <param name="isVoiced">What it is.</param>
    /// <param name="minimum">Voiced frames that make speech.</param>
    /// <param name="hangover">Frames that speech outlasts its last voice.</param>
    public void Add(long frame, bool isVoiced, int minimum, int hangover)
    {
        _last = (_last << 1) | (isVoiced ? 1u : 0u);
        _sinceVoice = isVoiced ? 0 : _sinceVoice + 1;
        if (Voiced > 0)
        {
            Voiced = _sinceVoice > Gap ? 0 : Voiced + (isVoiced ? 1 : 0);
        }
        else if (isVoiced && System.Numerics.BitOperations.PopCount(_last & 0b1111) >= NeededOfLast)
        {
            Voiced = System.Numerics.BitOperations.PopCount(_last & 0b1111);
            Onset = frame - (31 - System.Numerics.BitOperations.LeadingZeroCount(_last & 0b1111));
        }

        IsSpeech = (Voiced > 0 && Voiced >= minimum) || (IsSpeech && _sinceVoice <= hangover);
    }
}
