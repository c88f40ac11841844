using Matrixd.Memory;
using Matrixd.Timing;

namespace Matrixd.Calls;

/// <summary>The audio of one call, both ways, and what is written down of it.</summary>
/// <remarks>
/// inbound:  caller frame → <see cref="CallerTimeline"/> → recording (left), <see cref="SpeechTracker"/>, <see cref="CallListener"/> → <see cref="Uplink"/> (→ 16 kHz, backlog) → model leg
/// outbound: model audio → <see cref="Playout"/> (24 kHz →, chunks, pacing, marks) → caller leg, recording (right), <see cref="TurnLog"/>
/// Owned by one call, under its gate. Time is in samples at the caller's rate since <c>start</c> arrived.
/// </remarks>
internal sealed class CallMedia : IHot
{
    // A stream that pauses longer is told to the model, which otherwise waits for the rest of the word.
    private static readonly TimeSpan s_pause = TimeSpan.FromSeconds(1);

    // A caller who is this far behind what was said talks to somebody else: the next applet of the flow can do better.
    private static readonly TimeSpan s_mostBehind = TimeSpan.FromSeconds(10);

    private readonly CallEnvironment _environment;
    private readonly IModelLeg _model;
    private readonly StallWatch? _watch;
    private readonly CallListener _listener;
    private readonly Interruption _interruption;
    private readonly Playout _playout;
    private readonly Uplink _uplink;
    private readonly RecordingTimeline? _recording;
    private readonly CallerTimeline _timeline;
    private readonly SpeechTracker _speech;
    private readonly TurnLog _turns;
    private readonly WheelTimer _pumpTimer;
    private readonly int _sampleRate;
    private readonly long _origin;
    private TimeSpan _lastFrame;
    private TimeSpan _lastReplay;
    private bool _pauseTold;

    /// <param name="watch">Told what is heard on either side; null: nobody wants to know.</param>
    /// <param name="pump">Called on the wheel's thread when <see cref="Pump"/> is due; takes the gate.</param>
    public CallMedia(CallEnvironment environment, CallStart start, ICallerLeg caller, IModelLeg model, StallWatch? watch, Action pump)
    {
        CallsOptions options = environment.Options;
        _environment = environment;
        _model = model;
        _sampleRate = start.SampleRate;
        _origin = environment.Clock.GetTimestamp();
        if (environment.Recordings is { } recordings)
        {
            TimeSpan ahead = options.OutboundLead + TimeSpan.FromMilliseconds(500); // the lead, and a closing chunk of at most 400 ms
            RecordingFile = recordings.Open(start.CallSid, start.SampleRate);
            _recording = new RecordingTimeline(RecordingFile, start.SampleRate, ahead);
        }

        _watch = watch;
        _listener = new CallListener(options, start.SampleRate, watch);
        bool canPause = options.BargeIn is { IsLocal: true, IsReversible: true };
        _playout = new Playout(caller, start.SampleRate, options.OutboundLead, _recording, environment.Counters, _listener.FarEnd, canPause);
        _uplink = new Uplink(model, start.SampleRate, options.UplinkFrame, options.UplinkBuffer, environment.Counters);
        _timeline = new CallerTimeline(start.SampleRate);
        _speech = new SpeechTracker(start.SampleRate);
        _turns = new TurnLog(environment.Log, start.CallSid, start.StreamSid, start.SampleRate);
        _interruption = new Interruption(_playout, _turns, _listener, environment.Counters);
        _pumpTimer = new WheelTimer(pump);
    }

    public RecordingFile? RecordingFile { get; }

    /// <summary>Time since <c>start</c> arrived.</summary>
    public TimeSpan Elapsed => _environment.Clock.GetElapsedTime(_origin);

    /// <summary>When the caller's last frame came, as <see cref="Elapsed"/>; zero where none did.</summary>
    public TimeSpan LastFrame => _lastFrame;

    /// <summary>Time since the caller's last frame, or since the start where none came.</summary>
    public TimeSpan SilentFor => Elapsed - _lastFrame;

    /// <summary>Why the line is not worth going on with; null: it is.</summary>
    public string? Fault =>
        SilentFor >= _environment.Options.MediaIdle ? $"no media from the carrier for {_environment.Options.MediaIdle.TotalSeconds:0.#} s"
        : Time(_playout.Clock.Behind(Now)) >= s_mostBehind ? $"the carrier takes audio too slowly: the caller hears it {s_mostBehind.TotalSeconds:0} s late"
        : null;

    /// <summary>True once a frame of the caller has come.</summary>
    public bool HasFlowed { get; private set; }

    /// <summary>True while the caller still has something to hear.</summary>
    public bool IsPlaying => _playout.IsPlaying(Now);

    /// <summary>What the caller still has to hear.</summary>
    public TimeSpan ToHear
    {
        get
        {
            long now = Now;
            return Time(_playout.Written - _playout.Clock.Played(now));
        }
    }

    /// <summary>When the caller's last utterance ended, so far; null: none that is more than a click.</summary>
    public TimeSpan? CallerSpokeAt => _speech.End - _speech.Start >= _sampleRate * 150L / 1000 ? Time(_speech.End) : null;

    /// <summary>True where the caller was heard within the last pause for breath.</summary>
    public bool CallerSpeaks => _speech.End >= 0 && Now - _speech.End < _speech.Pause;

    /// <summary>The turns so far, as far as they are at hand; the store has the older ones.</summary>
    public IReadOnlyList<TurnRecord> RecentTurns => _turns.Recent(Now);

    private long Now => Samples(Elapsed);

    /// <summary>A frame of the caller.</summary>
    /// <param name="sequence">-1: none came.</param>
    /// <param name="timestamp">[ms]; -1: none came.</param>
    public void CallerAudio(ReadOnlySpan<short> pcm, long sequence, long timestamp)
    {
        HasFlowed = true;
        _lastFrame = Elapsed;
        _pauseTold = false;
        long now = Samples(_lastFrame);
        int gaps = _timeline.Gaps;
        long position = _timeline.Place(pcm.Length, sequence, timestamp, now);
        CallCounters.Add(ref _environment.Counters.CallerFrames);
        if (position == CallerTimeline.Drop)
        {
            CallCounters.Add(ref _environment.Counters.CallerFramesDropped);
            return;
        }

        if (_timeline.Gaps != gaps)
        {
            CallCounters.Add(ref _environment.Counters.CallerGaps);
        }

        _recording?.WriteCaller(position, pcm);
        _recording?.Advance(now);
        _speech.Hear(position, pcm);
        if (_interruption.Follow(_listener.Caller(pcm, _lastFrame, now, _playout), _lastFrame, now))
        {
            Pump();
        }

        Replay(_lastFrame);
        _uplink.Write(pcm);
    }

    /// <summary>Model audio; sent at the next <see cref="Pump"/>.</summary>
    public void ModelAudio(ReadOnlySpan<byte> pcm, int sampleRate)
    {
        if (_interruption.Voids(Elapsed))
        {
            return;
        }

        _listener.Model(Samples16.Of(pcm), sampleRate, Elapsed);
        _turns.ModelSpeaks(_playout.Written, Now);
        _playout.Write(pcm, sampleRate, Now);
    }

    public void ModelGenerationComplete()
    {
        _watch?.GenerationComplete();
        _interruption.TurnIsGenerated();
        _turns.ModelGenerated(_playout.Written);
        _playout.EndTurn();
    }

    public void ModelTurnComplete(TurnNote note)
    {
        _watch?.TurnComplete(Elapsed, note);
        EndModelTurn();
    }

    /// <summary>The model's connection is gone: nothing more comes of the turn that it was in.</summary>
    /// <returns>What the model had said of it, all of which the caller will hear; and what the caller has said since the model spoke last.</returns>
    public (string ModelWords, string CallerWords) ModelCut()
    {
        (string, string) words = (_turns.ModelWords, _turns.CallerWords);
        _watch?.Cut();
        EndModelTurn();
        return words;
    }

    /// <summary>Barge-in by the model's word.</summary>
    public void Interrupt()
    {
        _interruption.ByModel(Elapsed, Now);
        _environment.Wheel.Cancel(_pumpTimer);
        _watch?.Interrupted(Elapsed);
    }

    /// <summary>The rest of the model's turn is of no use to anybody.</summary>
    public void DropTurn() => _interruption.ByUs(Elapsed, Now);

    public void CallerSaid(ReadOnlySpan<char> text)
    {
        _watch?.CallerUnderstood();
        _turns.CallerSaid(text, _speech, Now);
    }

    public void ModelSaid(ReadOnlySpan<char> text) => _turns.ModelSaid(text, _playout.Written);

    public void MarkEchoed(long mark) => _playout.MarkEchoed(mark, Now);

    /// <summary>Plays audio of our own and ends its turn.</summary>
    public void Play(ReadOnlySpan<byte> pcm, int sampleRate)
    {
        _listener.StopInterrupting();
        _playout.Resume();
        _playout.Write(pcm, sampleRate, Now);
        _playout.EndTurn();
    }

    /// <summary>Sends what is due to the caller and sets the timer for the rest.</summary>
    public void Pump()
    {
        long now = Now;
        long sent = _playout.Clock.Sent;
        _recording?.Advance(now); // room for what is sent ahead of its time
        long again = _playout.Pump(now);
        if (_playout.Clock.Sent != sent)
        {
            _turns.ModelHeard(_playout.Clock, _speech);
        }

        if (again != long.MaxValue)
        {
            _environment.Wheel.Set(_pumpTimer, TimeSpan.FromTicks(again * TimeSpan.TicksPerSecond / _sampleRate));
        }
    }

    /// <summary>What needs doing now and then, whether frames come or not.</summary>
    public void Housekeep()
    {
        long now = Now;
        _recording?.Advance(now);
        _turns.Settle(_playout.Clock.Played(now), now);
        Replay(Elapsed);
        if (HasFlowed && !_pauseTold && SilentFor >= s_pause && _model.TakesAudio && _uplink.Backlog == 0)
        {
            _uplink.FlushPartial();
            _model.SendAudioStreamEnd();
            _pauseTold = true;
        }
    }

    /// <summary>The call never began.</summary>
    public void Discard() => RecordingFile?.Discard();

    /// <summary>The call is over: writes down the rest.</summary>
    public void Complete()
    {
        long now = Now;
        _environment.Wheel.Cancel(_pumpTimer);
        long written = _playout.Written;
        long heard = _playout.Clock.Played(now);
        _turns.Complete(heard, written, now);
        _recording?.ClearHeard(now);
        _recording?.Complete(now);
        _playout.Release();
        _uplink.Release();
    }

    private void EndModelTurn()
    {
        _interruption.TurnIsOver();
        _turns.ModelTurnComplete(_playout.Written, Now);
        _playout.EndTurn();
    }

    private TimeSpan Time(long samples) => TimeSpan.FromTicks(samples * TimeSpan.TicksPerSecond / _sampleRate);

    private long Samples(TimeSpan time) => time.Ticks * _sampleRate / TimeSpan.TicksPerSecond;

    private void Replay(TimeSpan now)
    {
        _uplink.Replay(now - _lastReplay);
        _lastReplay = now;
    }

    public void AddTo(HotSet set) => set.Add(_watch).Add(_listener).Add(_interruption).Add(_playout).Add(_uplink).Add(_recording).Add(_timeline).Add(_speech);
}
