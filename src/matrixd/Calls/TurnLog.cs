namespace Matrixd.Calls;

/// <summary>The transcript of a call as it grows: who said what, when, and what the caller heard of it.</summary>
/// <remarks>
/// Transcription comes in pieces and in no fixed order against the audio, so a turn is written down a moment after it has closed.
/// Owned by one call, under its gate. Redaction of what is written belongs here, before <see cref="Write"/>. Turns stand at their places for as long as
/// they are open and are known by them: a reference stored for each would have the next collection walk what stands around it, in every call.
/// </remarks>
internal sealed class TurnLog(ICallLog log, CallSid callSid, StreamSid streamSid, int sampleRate)
{
    // How long late pieces of a closed turn are waited for: transcripts promise to be on disk within a second.
    private readonly long _settling = sampleRate / 2;

    // Turns that serve again: the caller's, the model's, and one of either that is still settling.
    private const int MostKept = 4;

    private const int None = -1;

    private readonly List<OpenTurn> _turns = new(MostKept);
    private readonly List<int> _open = new(MostKept); // places, by number of their turns
    private readonly Stack<int> _free = new(MostKept); // places of turns that are over
    private readonly RecentTurns _recent = new(callSid, streamSid);
    private int _numbers;
    private int _caller = None; // a place
    private int _model = None;
    private bool _modelSpoke;

    /// <summary>What the caller has been understood to say since the model spoke last; empty: nothing yet.</summary>
    public string CallerWords => Caller?.Said ?? "";

    /// <summary>What the model has said of the turn that is not complete; empty: there is none.</summary>
    public string ModelWords => Model is { Interrupted: false } turn ? turn.Said : "";

    /// <summary>The latest turns, those that are not over too, by number; of these as much as has come.</summary>
    public IReadOnlyList<TurnRecord> Recent(long now) =>
    [
        .. _recent.Records
            .Concat(_open.Select(place => _turns[place]).Where(turn => !turn.IsEmpty).Select(turn => Record(turn, turn.End < 0 ? now : turn.End)))
            .OrderBy(turn => turn.Number),
    ];

    private OpenTurn? Caller => _caller == None ? null : _turns[_caller];

    private OpenTurn? Model => _model == None ? null : _turns[_model];

    /// <summary>A piece of what the caller was understood to say.</summary>
    public void CallerSaid(ReadOnlySpan<char> text, SpeechTracker speech, long now)
    {
        if (Caller is not { } turn)
        {
            turn = Open(Speaker.Caller, out _caller);
            turn.Start = speech.Start < 0 ? now : speech.Start;
            turn.ClosedAt = _modelSpoke ? now : -1; // understood after the answer began: it does not run on into what the caller says next
        }

        turn.AddText(text);
        turn.End = Math.Max(speech.End, turn.Start);
        if (turn.ClosedAt >= 0)
        {
            turn.ClosedAt = now;
        }
    }

    /// <summary>A piece of what the model says; of a turn that was cut, what had been said before the cut.</summary>
    public void ModelSaid(ReadOnlySpan<char> text, long position) => ModelTurn(position).AddText(text);

    /// <summary>Model audio comes in.</summary>
    /// <param name="position">Playout position of its first sample.</param>
    public void ModelSpeaks(long position, long now)
    {
        if (Model is { Interrupted: true })
        {
            _model = None; // its end was never announced
        }

        ModelTurn(position);
        if (!_modelSpoke)
        {
            _modelSpoke = true;
            CloseCaller(now);
        }
    }

    /// <summary>Audio is on its way to the caller: turns whose first sample is in it have begun.</summary>
    public void ModelHeard(PlayoutClock clock, SpeechTracker speech)
    {
        foreach (int place in _open)
        {
            OpenTurn turn = _turns[place];
            if (turn is { Speaker: Speaker.Model, Start: < 0, Interrupted: false } && clock.Sent > turn.FirstPosition)
            {
                long heardAt = clock.TimeOf(turn.FirstPosition);
                turn.Start = heardAt;
                turn.Response = speech.End >= 0 && speech.End <= heardAt ? heardAt - speech.End : -1;
            }
        }
    }

    /// <summary>What was sent beyond this position was not heard, and is sent again later.</summary>
    public void TakenBack(long heard)
    {
        foreach (int place in _open)
        {
            OpenTurn turn = _turns[place];
            if (turn is { Speaker: Speaker.Model, Interrupted: false } && turn.FirstPosition >= heard)
            {
                turn.Start = -1;
                turn.Response = -1;
            }
        }
    }

    /// <summary>All audio of the model's turn is in.</summary>
    public void ModelGenerated(long position)
    {
        if (Model is { LastPosition: < 0 } turn)
        {
            turn.LastPosition = position;
        }
    }

    /// <summary>The model's turn is over: what it says next is another one.</summary>
    public void ModelTurnComplete(long position, long now)
    {
        if (Model is { } turn)
        {
            turn.LastPosition = turn.LastPosition < 0 ? position : turn.LastPosition;
            turn.ClosedAt = turn.Interrupted ? now : turn.ClosedAt;
        }

        _model = None;
        _modelSpoke = false;
    }

    /// <summary>The caller talked over the model.</summary>
    /// <param name="heard">Playout position that was reached.</param>
    /// <param name="written">Playout position after all that had come in.</param>
    public void Interrupted(long heard, long written, long now)
    {
        foreach (int place in _open)
        {
            OpenTurn turn = _turns[place];
            if (turn is { Speaker: Speaker.Model, Interrupted: false } && (turn.LastPosition < 0 || turn.LastPosition > heard))
            {
                turn.LastPosition = turn.LastPosition < 0 ? written : turn.LastPosition;
                turn.Interrupted = true;
                turn.HeardPosition = heard;
                turn.End = now;
                turn.ClosedAt = now;
            }
        }
    }

    /// <summary>Writes down what has settled.</summary>
    public void Settle(long played, long now)
    {
        for (int i = 0; i < _open.Count; i++)
        {
            OpenTurn turn = _turns[_open[i]];
            if (turn is { Speaker: Speaker.Model, ClosedAt: < 0, LastPosition: >= 0 } && played >= turn.LastPosition)
            {
                turn.End = now;
                turn.ClosedAt = now;
            }

            if (turn.ClosedAt >= 0 && now - turn.ClosedAt >= _settling)
            {
                Write(turn);
                Release(i--);
            }
        }
    }

    /// <summary>The call is over: writes everything down as far as it was heard.</summary>
    public void Complete(long played, long written, long now)
    {
        while (_open.Count > 0)
        {
            OpenTurn turn = _turns[_open[0]];
            if (turn is { Speaker: Speaker.Model, Interrupted: false })
            {
                turn.LastPosition = turn.LastPosition < 0 ? written : turn.LastPosition;
                turn.HeardPosition = Math.Min(played, turn.LastPosition);
                turn.End = turn.End < 0 ? now : turn.End;
            }

            Write(turn);
            Release(0);
        }
    }

    private OpenTurn ModelTurn(long position)
    {
        if (Model is not { } turn)
        {
            turn = Open(Speaker.Model, out _model);
            turn.FirstPosition = position;
        }

        return turn;
    }

    private OpenTurn Open(Speaker speaker, out int place)
    {
        if (!_free.TryPop(out place))
        {
            place = _turns.Count;
            _turns.Add(new OpenTurn());
        }

        _open.Add(place);
        OpenTurn turn = _turns[place];
        turn.Begin(++_numbers, speaker);
        return turn;
    }

    /// <param name="index">In the list of those that are open.</param>
    private void Release(int index)
    {
        int place = _open[index];
        _open.RemoveAt(index);
        _free.Push(place);
        _caller = _caller == place ? None : _caller;
        if (_model == place)
        {
            _model = None;
            _modelSpoke = false;
        }

        if (_open.Count == 0 && _turns.Count > MostKept)
        {
            _turns.Clear();
            _free.Clear();
        }
    }

    private void CloseCaller(long now)
    {
        if (Caller is { ClosedAt: < 0 } turn)
        {
            turn.ClosedAt = now;
        }
    }

    private void Write(OpenTurn turn)
    {
        if (turn.IsEmpty && turn.Speaker == Speaker.Caller)
        {
            return;
        }

        TurnRecord record = Record(turn, turn.End);
        log.Turn(record);
        _recent.Add(record);
    }

    private TurnRecord Record(OpenTurn turn, long end)
    {
        string said = turn.Said;
        string heard = turn.HeardPosition < 0
            ? said
            : HeardText.Of(said, turn.HeardPosition - turn.FirstPosition, turn.LastPosition - turn.FirstPosition);
        return new TurnRecord(
            callSid, streamSid, turn.Number, turn.Speaker, said, heard, Ms(turn.Start < 0 ? end : turn.Start), Ms(end), turn.Interrupted,
            turn.Response < 0 ? -1 : Ms(turn.Response));
    }

    private long Ms(long samples) => Math.Max(0, samples) * 1000 / sampleRate;
}
