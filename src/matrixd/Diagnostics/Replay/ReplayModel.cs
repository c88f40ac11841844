using System.Text;
using System.Text.Json;
using Matrixd.Calls;
using Matrixd.Gemini;
using Matrixd.Timing;
using Matrixd.Transport;

namespace Matrixd.Diagnostics;

/// <summary>The model's end of a replay: takes the call's dials, and says what the model said on the tape, when it said it.</summary>
/// <remarks>
/// What a connection of the tape said is said on the connection that the call has then. A fault stops it; once the call has come back the rest goes on,
/// as much later as the call was away. Lives on the replay's one thread.
/// </remarks>
internal sealed class ReplayModel(VirtualClock clock, OwnThread thread, TapeContent tape, ReplayFaults faults, Action<ReplayFrame> sent) : IGeminiDialer
{
    // A connection that the tape does not have: as long as a dial takes, and then as long as a setup takes.
    private static readonly TimeSpan s_dial = TimeSpan.FromMilliseconds(60);
    private static readonly TimeSpan s_setup = TimeSpan.FromMilliseconds(40);

    // The call leaves a connection by itself at about the time at which it left it on the tape.
    private static readonly TimeSpan s_sameMoment = TimeSpan.FromSeconds(2);

    private readonly LinkedList<TapeEntry> _said = new(tape.Entries.Where(entry => entry is { Leg: TapeLeg.Gemini, IsInbound: true } && (entry.IsMessage || entry.Event == TapeEvent.Close)));
    private ReplayLink? _link;
    private TimeSpan _shift; // how much later than on the tape the model speaks
    private TimeSpan _readyAt = TimeSpan.MaxValue; // when a connection that the tape does not have gets its setupComplete
    private bool _hasSetup;
    private bool _isFaulty; // the connection was ended by a fault: what is left on the tape belongs to the next
    private int _tapeConnection;

    /// <summary>Connections that were dialled.</summary>
    public int Connections { get; private set; }

    public long Messages { get; private set; }

    /// <summary>When it speaks next.</summary>
    public TimeSpan NextDue
    {
        get
        {
            if (_link is not { IsOpen: true } || !_hasSetup)
            {
                return TimeSpan.MaxValue;
            }

            TimeSpan spoken = faults.IsStalled || _said.First is not { } next || next.Value.Connection > _tapeConnection ? TimeSpan.MaxValue : next.Value.At + _shift;
            TimeSpan due = _readyAt != TimeSpan.MaxValue ? _readyAt : spoken;
            return due < faults.NextDue ? due : faults.NextDue;
        }
    }

    public async Task<WebSocketLink> DialAsync(CallSid callSid, WebSocketDialTarget target, WebSocketLimits limits, CancellationToken closing)
    {
        int number = ++Connections;
        TapeEntry? there = tape.Entries.FirstOrDefault(entry => entry.Leg == TapeLeg.Gemini && entry.Connection == number && entry.Event is TapeEvent.Open or TapeEvent.Failed);
        bool asOnTape = there is not null && _shift == TimeSpan.Zero;
        TimeSpan wait = asOnTape ? there!.At - clock.Now : s_dial;
        await Task.Delay(wait > TimeSpan.Zero ? wait : TimeSpan.Zero, clock, closing);
        if (asOnTape && there!.Event == TapeEvent.Failed)
        {
            throw new DialException(Enum.TryParse(there.Word, out DialStage stage) ? stage : DialStage.Connect, there.Code, there.Text);
        }

        ReplayLink link = null!;
        link = new ReplayLink(thread, (opcode, message) => OnSent(link, number, opcode, message), () => OnLeft(link));
        Take(link);
        return link;
    }

    /// <summary>The next thing it says, where it is due.</summary>
    /// <returns>False where nothing is.</returns>
    public bool DeliverNext(TimeSpan now)
    {
        if (NextDue > now)
        {
            return false;
        }

        if (faults.NextDue <= now)
        {
            Strike(faults.Take());
        }
        else if (_readyAt <= now)
        {
            _readyAt = TimeSpan.MaxValue;
            _shift = _said.First is { } next && now + s_setup - next.Value.At is var late && late > _shift ? late : _shift;
            Say("""{"setupComplete":{}}""");
        }
        else
        {
            TapeEntry entry = _said.First!.Value;
            _said.RemoveFirst();
            if (entry.IsMessage)
            {
                Say(entry);
            }
            else
            {
                EndAsOnTape(entry);
            }
        }

        return true;
    }

    private void Take(ReplayLink link)
    {
        _link = link;
        _hasSetup = false;
        faults.OnConnected();
        int next = _said.First?.Value.Connection ?? 0;
        if (next > _tapeConnection && !_isFaulty)
        {
            _tapeConnection = next; // a connection that the tape has, setupComplete and all
            _readyAt = TimeSpan.MaxValue;
        }
        else
        {
            _tapeConnection = Math.Max(_tapeConnection, next);
            _readyAt = _said.First is { } first && IsSetupComplete(first.Value) ? TimeSpan.MaxValue : TimeSpan.Zero; // set when the setup comes
            _shift = _readyAt == TimeSpan.MaxValue && clock.Now - _said.First!.Value.At is var late && late > _shift ? late : _shift;
        }

        _isFaulty = false;
    }

    private void OnSent(ReplayLink link, int number, WebSocketOpcode opcode, byte[] message)
    {
        sent(new ReplayFrame(clock.Now, TapeLeg.Gemini, number, opcode, message));
        if (link != _link)
        {
            return;
        }

        if (!_hasSetup)
        {
            _hasSetup = true; // the first message is the setup
            _readyAt = _readyAt == TimeSpan.Zero ? clock.Now + s_setup : _readyAt;
            faults.Reach(ReplayStage.Setup, clock.Now);
        }
        else if (FlightWords.IsAudio(TapeLeg.Gemini, isInbound: false, message))
        {
            faults.Reach(ReplayStage.Audio, clock.Now);
        }
    }

    // The call leaves the connection. Where it did so on the tape too, what was still said there is heard by nobody; else the rest is for the next connection.
    private void OnLeft(ReplayLink link)
    {
        if (link != _link)
        {
            return;
        }

        bool asOnTape = tape.Entries.Any(entry => entry is { Leg: TapeLeg.Gemini, IsInbound: false, Event: TapeEvent.Close } && entry.Connection == _tapeConnection
            && (entry.At + _shift - clock.Now).Duration() <= s_sameMoment);
        if (asOnTape && !faults.IsStalled)
        {
            while (_said.First is { } first && first.Value.Connection <= _tapeConnection)
            {
                _said.RemoveFirst();
            }
        }
        else
        {
            _isFaulty = true;
        }

        faults.OnDisconnected();
    }

    private void Say(TapeEntry entry)
    {
        byte[] message = TapeReader.Message(entry, bytes => new byte[bytes]);
        Messages++;
        ReplayStage? stage = StageOf(entry);
        byte[] heard = faults.IsMute && stage == ReplayStage.Turn ? Muted(message) : message;
        _link!.Deliver(entry.Event == TapeEvent.Binary ? WebSocketOpcode.Binary : WebSocketOpcode.Text, heard, !(_said.First is { } next && entry.CameWith(next.Value)));
        if (stage is { } reached)
        {
            faults.Reach(reached, clock.Now);
        }
    }

    private void Say(string message)
    {
        Messages++;
        _link!.Deliver(WebSocketOpcode.Binary, Encoding.UTF8.GetBytes(message));
        if (message.Contains("setupComplete", StringComparison.Ordinal))
        {
            faults.Reach(ReplayStage.Ready, clock.Now);
        }
    }

    private void Strike(ReplayFault fault)
    {
        switch (fault.Kind)
        {
            case ReplayFaultKind.GoAway:
                Say(FormattableString.Invariant($$$"""{"goAway":{"timeLeft":"{{{fault.Notice.TotalSeconds}}}s"}}"""));
                break;
            case ReplayFaultKind.Garbage:
                Say("""{"serverContent":{"modelTurn" """);
                break;
            case ReplayFaultKind.Close:
                Lose(new WebSocketClose(WebSocketCloseCause.Peer, fault.Code, fault.Text));
                break;
            case ReplayFaultKind.Drop:
                Lose(new WebSocketClose(WebSocketCloseCause.Lost, CloseCodes.NoFrame, ""));
                break;
            default:
                break; // a stall and silence are states, which the faults keep
        }
    }

    private void Lose(WebSocketClose close)
    {
        _isFaulty = true;
        _readyAt = TimeSpan.MaxValue;
        faults.OnDisconnected();
        _link!.End(close);
    }

    private void EndAsOnTape(TapeEntry entry)
    {
        WebSocketCloseCause cause = TapeWords.Cause(entry.Word);
        if (cause is not (WebSocketCloseCause.Local or WebSocketCloseCause.Aborted))
        {
            faults.OnDisconnected();
            _link!.End(new WebSocketClose(cause, entry.Code, entry.Text));
        }
    }

    private static ReplayStage? StageOf(TapeEntry entry) =>
        IsSetupComplete(entry) ? ReplayStage.Ready
        : entry.Json.Contains("\"inlineData\"", StringComparison.Ordinal) ? ReplayStage.Turn
        : entry.Json.Contains("\"toolCall\"", StringComparison.Ordinal) ? ReplayStage.Tool
        : null;

    private static bool IsSetupComplete(TapeEntry entry) => entry.Json.Contains("\"setupComplete\"", StringComparison.Ordinal);

    // The same message with its audio as zeros.
    private static byte[] Muted(byte[] message)
    {
        using JsonDocument document = JsonDocument.Parse(message);
        using MemoryStream elided = new();
        using (Utf8JsonWriter json = new(elided, TapeText.Writing))
        {
            new TapeText(keepAudio: false, keepNumbers: true).Write(json, message);
        }

        TapeEntry entry = new() { At = default, Leg = TapeLeg.Gemini, Event = TapeEvent.Binary, Json = Encoding.UTF8.GetString(elided.ToArray()) };
        return TapeReader.Message(entry, bytes => new byte[bytes]);
    }
}
