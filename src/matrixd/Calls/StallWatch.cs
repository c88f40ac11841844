namespace Matrixd.Calls;

/// <summary>Notices a model that is silent where the caller waits for it, from what flows and not from what answers pings.</summary>
/// <remarks>
/// Told what the caller and the model do, and asked now and then; it has no timer and does nothing itself. A caller who says nothing is owed nothing;
/// nor is one who says a word beside the model's, unless the model stops for it. Time that the model spends without a connection or with a tool does
/// not count. Owned by one call, under its gate. Time since the call's start.
/// </remarks>
internal sealed class StallWatch(StallOptions options)
{
    /// <summary>Softer than this, a message of the model's audio holds nothing that could be heard on a telephone [dBFS].</summary>
    public const double FaintDbfs = -55;

    // One step of 16 bits: dither around nothing is nothing, too.
    private const int DigitalSilence = 1;

    // Voice of which the model has understood something is a word; without that it takes more to be sure that somebody spoke.
    private static readonly TimeSpan s_word = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan s_speech = TimeSpan.FromSeconds(1);

    // Sounds that lie further apart have nothing to do with each other.
    private static readonly TimeSpan s_forgets = TimeSpan.FromSeconds(15);

    // An empty turn can be the first half of an answer.
    private static readonly TimeSpan s_emptyTurn = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan s_never = TimeSpan.MinValue;

    private readonly StallLadder _ladder = new(options.Step);
    private TimeSpan _owedSince = s_never; // an answer
    private TimeSpan _voiced; // since the model was last heard
    private TimeSpan _lastVoice;
    private TimeSpan _unansweredSince = s_never; // voice without a message since
    private TimeSpan _unanswered;
    private TimeSpan _lastAudio;
    private TimeSpan _lastPlaying;
    private TimeSpan _emptyTurnAt = s_never;
    private TimeSpan _faint; // audio in a row
    private bool _isDigital; // all of it
    private bool _isGenerating;
    private bool _turnIsAccounted; // it had audio, or a reason to have none
    private StallCause? _found;

    private bool IsOwed => _owedSince != s_never;

    /// <summary>The caller's voice was heard.</summary>
    /// <param name="isPlaying">While something of the model's was.</param>
    public void CallerVoice(TimeSpan now, TimeSpan length, bool isPlaying)
    {
        if (isPlaying)
        {
            return; // beside the model's own words: it need not stop for that, nor say a word to it
        }

        if (now - _lastVoice > s_forgets)
        {
            _voiced = TimeSpan.Zero;
            Message();
        }

        _unansweredSince = _unansweredSince == s_never ? now : _unansweredSince;
        _unanswered += length;
        _voiced += length;
        _lastVoice = now;
        if (IsOwed || _voiced >= s_speech)
        {
            _owedSince = now;
        }
    }

    /// <summary>The model has understood something of the caller.</summary>
    public void CallerUnderstood()
    {
        if (_voiced >= s_word && !IsOwed)
        {
            _owedSince = _lastVoice;
        }
    }

    /// <summary>The model was asked to speak, or has what it was waiting for.</summary>
    public void Asked(TimeSpan now) => _owedSince = now;

    /// <summary>A message of any kind came.</summary>
    public void Message()
    {
        _unansweredSince = s_never;
        _unanswered = TimeSpan.Zero;
    }

    /// <summary>Model audio came.</summary>
    /// <param name="level">[dBFS]</param>
    /// <param name="peak">Largest magnitude.</param>
    /// <returns>Where it ends a stall: the step that helped.</returns>
    public StallStep? ModelAudio(TimeSpan now, TimeSpan length, double level, int peak)
    {
        _isGenerating = true;
        _turnIsAccounted = true;
        _lastAudio = now;
        if (level >= FaintDbfs)
        {
            return Heard();
        }

        _isDigital = peak <= DigitalSilence && (_isDigital || _faint == TimeSpan.Zero);
        _faint += length;
        if (_faint >= options.SilentAudio)
        {
            _found = _isDigital ? StallCause.SilentAudio : StallCause.FaintAudio;
        }

        return null;
    }

    /// <summary>All audio of the turn has come.</summary>
    public void GenerationComplete() => _isGenerating = false;

    /// <summary>The model broke off for the caller: it has heard something, and owes an answer to it.</summary>
    public void Interrupted(TimeSpan now)
    {
        _isGenerating = false;
        _turnIsAccounted = true;
        _owedSince = now;
    }

    /// <summary>Its connection is gone: nothing more comes of its turn.</summary>
    public void Cut()
    {
        _isGenerating = false;
        _turnIsAccounted = false;
    }

    /// <summary>The model calls a tool.</summary>
    public void ToolCalled() => _turnIsAccounted = true;

    public void TurnComplete(TimeSpan now, TurnNote note)
    {
        bool isEmpty = !_turnIsAccounted;
        _isGenerating = false;
        _turnIsAccounted = false;
        if (note == TurnNote.WaitsForInput)
        {
            Heard();
        }
        else if (note == TurnNote.Rejected)
        {
            _found = StallCause.Rejected;
        }
        else if (isEmpty && IsOwed && _emptyTurnAt == s_never)
        {
            _emptyTurnAt = now;
        }
    }

    /// <summary>Asks what is to be done.</summary>
    /// <returns>Null: nothing.</returns>
    public Stall? Check(TimeSpan now, StallView view)
    {
        if (view.IsPlaying)
        {
            _lastPlaying = now;
        }

        if (!view.CanSpeak || view.IsBusy)
        {
            Wait(now);
            return null;
        }

        if (_ladder.IsUp)
        {
            return _ladder.Climb(now);
        }

        if (Find(now, view.IsPlaying) is not { } cause)
        {
            return null;
        }

        // Over a connection on which nothing comes, nothing need be asked.
        StallStep first = cause == StallCause.NoMessage ? StallStep.Resume : StallStep.Nudge;
        return _ladder.Begin(cause, first, Since(cause, now), now);
    }

    // What is being played is not waited for, whatever else is missing; but of silence there is no end.
    private StallCause? Find(TimeSpan now, bool isPlaying)
    {
        if (_found is not null || isPlaying)
        {
            return _found;
        }

        TimeSpan owed = IsOwed ? now - _owedSince : TimeSpan.Zero;
        return 0 switch
        {
            _ when _unansweredSince != s_never && now - _unansweredSince >= options.NoMessage && _unanswered >= s_speech => StallCause.NoMessage,
            _ when IsOwed && _emptyTurnAt != s_never && now - _emptyTurnAt >= s_emptyTurn => StallCause.EmptyTurns,
            _ when _isGenerating && now - _lastAudio >= options.BrokenTurn && now - _lastPlaying >= options.BrokenTurn => StallCause.BrokenTurn,
            _ when owed >= options.NoAnswer => StallCause.NoAnswer,
            _ => null,
        };
    }

    private TimeSpan Since(StallCause cause, TimeSpan now) => cause switch
    {
        StallCause.NoMessage => _unansweredSince,
        StallCause.BrokenTurn => _lastPlaying > _lastAudio ? _lastPlaying : _lastAudio,
        StallCause.SilentAudio or StallCause.FaintAudio => now - _faint,
        _ => IsOwed ? _owedSince : now,
    };

    private StallStep? Heard()
    {
        _owedSince = s_never;
        _emptyTurnAt = s_never;
        _voiced = TimeSpan.Zero;
        _faint = TimeSpan.Zero;
        _found = null;
        return _ladder.IsUp ? _ladder.End() : null;
    }

    private void Wait(TimeSpan now)
    {
        _owedSince = IsOwed ? now : s_never;
        _unansweredSince = _unansweredSince == s_never ? s_never : now;
        _emptyTurnAt = s_never;
        _lastAudio = now;
        _ladder.Wait(now);
    }
}
