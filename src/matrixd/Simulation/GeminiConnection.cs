using System.Text;
using System.Text.Json;
using Matrixd.Models;
using Matrixd.Transport;

namespace Matrixd.Simulation;

/// <summary>One WebSocket of a client, from its 101 to its end: the simulator's side and a test's door to it.</summary>
/// <remarks>
/// Lives as long as its link. Messages come on the link's receive loop, turns and faults on the timer wheel, doors are used
/// by tests: one lock makes them take turns, and nothing under it waits. Continuations of its tasks never run under it.
/// </remarks>
internal sealed class GeminiConnection : IWebSocketSink
{
    private readonly Lock _gate = new();
    private readonly GeminiShared _shared;
    private readonly WebSocketLink _link;
    private readonly Action _reset;
    private readonly GeminiToken? _token;
    private readonly GeminiOutbox _outbox;
    private readonly GeminiMouth _mouth;
    private readonly GeminiFaults _faults;
    private readonly GeminiInbox _inbox;
    private readonly List<Task> _renderings = [];
    private readonly TaskCompletionSource<WebSocketClose> _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private GeminiMind? _mind;
    private bool _over;

    /// <param name="shared">The simulator's.</param>
    /// <param name="link">Its link, not running yet.</param>
    /// <param name="reset">Resets the TCP connection.</param>
    /// <param name="request">The upgrade request.</param>
    /// <param name="token">The token that opened the door; null: an API key did.</param>
    /// <param name="index">Its number, from 0.</param>
    public GeminiConnection(GeminiShared shared, WebSocketLink link, Action reset, GeminiRequest request, GeminiToken? token, int index)
    {
        _shared = shared;
        _link = link;
        _reset = reset;
        _token = token;
        Request = request;
        Index = index;
        Script = shared.Options.Voice == GeminiVoice.Scripted ? shared.Options.Script?.Invoke(index) ?? new GeminiScript() : null;
        Ledger = new GeminiLedger(shared.Options.Remember, shared.Time.Wheel.Clock);
        _outbox = new GeminiOutbox(link, Ledger);
        _mouth = new GeminiMouth(this, _outbox, shared.Time.Wheel, shared.Options.SpeedFactor);
        _faults = new GeminiFaults(this, _mouth, shared);
        _inbox = new GeminiInbox(this, _outbox, shared.Options);
    }

    public int Index { get; }

    public GeminiRequest Request { get; }

    /// <summary>What went over it.</summary>
    public GeminiLedger Ledger { get; }

    /// <summary>The setup that was taken; null before.</summary>
    public GeminiSetup? Setup { get; private set; }

    /// <summary>setupComplete has gone out.</summary>
    public bool Ready { get; private set; }

    /// <summary>The session it is part of; null before the setup was taken.</summary>
    public GeminiSessionState? Session { get; private set; }

    /// <summary>How it ended; completes last.</summary>
    public Task<WebSocketClose> Closed => _closed.Task;

    /// <summary>The refusal by which the simulator closed it; null: it did not.</summary>
    public GeminiRefusal? Refused { get; private set; }

    internal GeminiScript? Script { get; }

    internal GeminiMind? Mind => _mind;

    /// <summary>Nothing more is to be done with what comes.</summary>
    internal bool Over => _over || Refused is not null;

    /// <summary>Runs the connection to its end.</summary>
    /// <param name="atOnce">A refusal that follows the 101 without waiting for a message.</param>
    public async Task RunAsync(GeminiRefusal? atOnce)
    {
        if (atOnce is { } refusal)
        {
            Refuse(refusal);
        }
        else
        {
            Locked(() => _faults.Reach(FaultStage.Upgrade));
        }

        await _link.RunAsync(this);
        await Task.WhenAll(_renderings); // none is added once the link is over
    }

    /// <summary>Sends any text as the simulator sends its own: in a binary frame.</summary>
    public bool SendRaw(string text) => SendRaw(WebSocketOpcode.Binary, Encoding.UTF8.GetBytes(text));

    public bool SendRaw(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
    {
        lock (_gate)
        {
            return _outbox.Put("raw", message, opcode: opcode);
        }
    }

    /// <summary>Says something now, or after what is being said.</summary>
    /// <param name="pcm24k">24 kHz.</param>
    /// <returns>True: said to its end. False: interrupted, or the connection ended.</returns>
    public Task<bool> SayAsync(ReadOnlyMemory<short> pcm24k, string transcript = "")
    {
        GeminiTurn turn = new(pcm24k, transcript);
        Locked(() => _mouth.Say(turn));
        return turn.Done.Task;
    }

    /// <summary>As if the caller had talked over the model.</summary>
    public bool Interrupt()
    {
        lock (_gate)
        {
            return _mouth.Interrupt();
        }
    }

    public void SendSetupComplete() => Locked(() =>
    {
        if (Ready || Over)
        {
            return;
        }

        Ready = true;
        _outbox.SetupComplete();
        SendHandle();
        _faults.Ready(_token);
        Script?.OnReady?.Invoke(this);
        Ledger.Pulse();
    });

    public void SendGoAway(TimeSpan left) => Locked(() => _outbox.GoAway(left));

    public void SendToolCall(string id, GeminiToolCall call) => Locked(() =>
    {
        _outbox.ToolCall(id, call);
        _faults.Reach(FaultStage.Tool);
    });

    public void SendToolCallCancellation(string id) => Locked(() => _outbox.ToolCallCancellation(id));

    /// <summary>Closes with a code and a text, cut to what a close frame holds.</summary>
    public void Close(ushort code, string text) => Locked(() =>
    {
        Refused ??= new GeminiRefusal(code, WireText.CutReason(text));
        _outbox.Silenced = true;
        _mouth.Stop();
        _shared.Sessions.Leave(Session, this);
        _link.Close(code, WireText.CutReason(text));
    });

    /// <summary>Resets the TCP connection: no close frame, nothing in flight arrives.</summary>
    public void Drop() => Locked(() =>
    {
        _mouth.Stop();
        _shared.Sessions.Leave(Session, this);
        _reset();
        _link.Abort();
    });

    /// <summary>Ends the TCP connection in good order, but without a close frame.</summary>
    public void BareClose() => Locked(() =>
    {
        _mouth.Stop();
        _shared.Sessions.Leave(Session, this);
        _link.Abort();
    });

    /// <summary>Says nothing any more; what comes is read.</summary>
    public void Stall() => Locked(() => _outbox.Silenced = true);

    public void OnMessage(WebSocketOpcode opcode, ReadOnlySpan<byte> message)
    {
        lock (_gate)
        {
            if (Over)
            {
                return;
            }

            Ledger.Receive(_inbox.Take(message), message);
        }

        Ledger.Pulse();
    }

    public void OnBatchEnd()
    {
    }

    public void OnClosed(WebSocketClose close)
    {
        lock (_gate)
        {
            _over = true;
            _outbox.Silenced = true;
            _mouth.Stop();
            _faults.Stop();
            _shared.Sessions.Leave(Session, this);
        }

        _shared.Options.Report?.Invoke($"connection {Index} ended: {close.Cause} {close.Code} {JsonText.Escape(close.Reason)}");
        _closed.TrySetResult(close);
        Ledger.Pulse();
    }

    internal void Locked(Action action)
    {
        lock (_gate)
        {
            action();
        }
    }

    internal void Refuse(GeminiRefusal refusal) => Close(refusal.Code, refusal.Text);

    internal void Reach(FaultStage stage) => _faults.Reach(stage);

    /// <summary>The setup has passed the checks of its form.</summary>
    internal void TakeSetup(JsonElement message)
    {
        JsonElement element = message.GetProperty("setup");
        GeminiSetup setup = GeminiSetup.Read(element);
        if (setup.Quirks is null)
        {
            _faults.RefuseUnknownModel(setup.Model);
            return;
        }

        if (_shared.Admit(_token, setup, this, out GeminiSessionState? session) is { } refusal)
        {
            Refuse(refusal);
            return;
        }

        Session = session!;
        Setup = setup;
        _mind = Script is null ? new GeminiMind(this, _mouth, _outbox, setup, Session, _shared.Options) : null;
        _shared.Options.Report?.Invoke($"connection {Index} {(setup.Handle is null ? "opened" : "resumed")} {Session.Id} on {setup.Model}");
        Script?.OnSetup?.Invoke(this, element);
        TimeSpan late = _faults.ReachSetup(Session.Struck);
        if (late == TimeSpan.Zero && Script?.HoldSetupComplete != true)
        {
            SendSetupComplete();
        }
    }

    /// <summary>A message of the mouth's; the first of a turn brings what is planned for a turn.</summary>
    internal bool SendAudio(ReadOnlySpan<short> pcm, string transcript, int number)
    {
        if (!_outbox.Audio(pcm, Setup?.TranscribesOutput == true ? transcript : "", number))
        {
            return false;
        }

        if (number == 0)
        {
            _faults.Reach(FaultStage.Turn);
        }

        return true;
    }

    /// <param name="samples">Said in the turn, for usageMetadata: 25 tokens a second of audio.</param>
    /// <param name="reason">turnCompleteReason; empty: none.</param>
    internal void SendTurnComplete(int samples, string reason = "")
    {
        int prompt = (int)((_mind?.Heard ?? 0) * 25 / SpeechDetector.Rate);
        int response = (int)((long)samples * 25 / GeminiMouth.Rate);
        _outbox.TurnComplete(Setup?.Quirks is { TurnEnd: TurnEndSignal.InteractionIdle }, prompt, response, reason);
        SendHandle();
    }

    /// <summary>Speaks a text as soon as it is rendered; the task is awaited at the connection's end.</summary>
    internal void Render(string text) => _renderings.Add(RenderAsync(text));

    private async Task RenderAsync(string text)
    {
        ReadOnlyMemory<short> pcm = _shared.Options.Voice == GeminiVoice.File ? _shared.Options.VoicePcm : await _shared.Speech.RenderAsync(text);
        await SayAsync(pcm, text);
    }

    private void SendHandle()
    {
        if (Setup is { Resumable: true } && Session is not null)
        {
            _outbox.Handle(GeminiSessions.NewHandle(Session));
        }
    }
}
