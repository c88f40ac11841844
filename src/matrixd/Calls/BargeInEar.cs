namespace Matrixd.Calls;

/// <summary>Our own ear for a caller who talks over the model: decides, and does nothing itself.</summary>
/// <remarks>Owned by one call, under its gate. Time since the call's start.</remarks>
internal sealed class BargeInEar(BargeInOptions options)
{
    // Sounds that neither end nor add up to speech: somebody is there, and the audio cannot wait for ever.
    private static readonly TimeSpan s_longestPause = TimeSpan.FromSeconds(3);

    private TimeSpan _pausedAt = TimeSpan.MinValue;
    private TimeSpan _lastVoice;
    private TimeSpan _voiced; // since the voice began for which it was paused

    /// <summary>Between <see cref="BargeInDecision.Pause"/> and what followed it.</summary>
    public bool IsPaused => _pausedAt != TimeSpan.MinValue;

    /// <summary>The caller has been heard for another frame.</summary>
    /// <param name="frame">Its length.</param>
    /// <param name="voice">Voice in the run under way; zero: there is none.</param>
    /// <param name="playing">How long the model has been heard without a break; negative: it is not.</param>
    public BargeInDecision Hear(TimeSpan now, TimeSpan frame, TimeSpan voice, TimeSpan playing)
    {
        if (IsPaused)
        {
            return Decide(now, frame, voice > TimeSpan.Zero);
        }

        bool isSpeech = voice > TimeSpan.Zero && voice >= options.MinimumSpeech;
        if (!isSpeech || playing < options.Grace || now < options.StartGrace)
        {
            return BargeInDecision.None;
        }

        if (!options.IsReversible)
        {
            return BargeInDecision.Interrupt;
        }

        _pausedAt = now;
        _lastVoice = now;
        _voiced = voice;
        return BargeInDecision.Pause;
    }

    /// <summary>The pause is over, or came to nothing.</summary>
    public void Forget() => _pausedAt = TimeSpan.MinValue;

    private BargeInDecision Decide(TimeSpan now, TimeSpan frame, bool isVoice)
    {
        if (isVoice)
        {
            _voiced += frame;
            _lastVoice = now;
        }

        bool isSpeech = _voiced >= options.Confirm;
        bool isSilent = now - _lastVoice >= options.ResumeAfter;
        if (!isSpeech && !isSilent && now - _pausedAt < s_longestPause)
        {
            return BargeInDecision.None;
        }

        Forget();
        return isSpeech || !isSilent ? BargeInDecision.Interrupt : BargeInDecision.Resume;
    }
}
