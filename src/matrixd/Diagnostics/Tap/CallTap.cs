using Matrixd.Calls;
using Matrixd.Memory;
using Matrixd.Transport;

namespace Matrixd.Diagnostics;

/// <summary>One call that is watched: its tape, its flight record, or both.</summary>
/// <remarks>
/// Lifetime: from the carrier's start until both the call and the carrier's socket are gone. Told by both sockets' loops and by whoever sends, on any
/// thread; audio takes no lock, and nothing at all is allocated for it where there is no tape.
/// </remarks>
/// <param name="tape">Null: the call is not taped.</param>
/// <param name="flight">Null: there is no flight record.</param>
/// <param name="origin">Timestamp of the beginning.</param>
internal sealed class CallTap(string callSid, string streamSid, Tape? tape, FlightRing? flight, TimeProvider clock, long origin) : IHot
{
    private readonly Lock _gate = new(); // guards the two ends below, which come from different threads
    private int _models;
    private bool _hasCall;
    private bool _hasCaller = true;
    private bool _isOver;

    public string CallSid => callSid;

    public string StreamSid => streamSid;

    public FlightRing? Flight => flight;

    public bool IsTaped => tape is not null;

    /// <summary>Since the beginning [µs].</summary>
    public long Now => clock.GetElapsedTime(origin).Ticks / TimeSpan.TicksPerMicrosecond;

    public void Message(TapeLeg leg, int connection, bool isInbound, WebSocketOpcode opcode, ReadOnlySpan<byte> message, int batch = 0)
    {
        flight?.Message(leg, isInbound, message, clock, origin);
        tape?.Add(Now, leg, connection, isInbound, opcode == WebSocketOpcode.Binary ? TapeEvent.Binary : TapeEvent.Text, message, batch);
    }

    /// <summary>A message of before the call was known.</summary>
    public void Earlier(long micros, WebSocketOpcode opcode, ReadOnlySpan<byte> message, int batch) =>
        tape?.Add(micros, TapeLeg.Exotel, 1, isInbound: true, opcode == WebSocketOpcode.Binary ? TapeEvent.Binary : TapeEvent.Text, message, batch);

    /// <summary>Something that is no message.</summary>
    public void Event(TapeLeg leg, int connection, bool isInbound, TapeEvent what, ushort code = 0, string text = "", string word = "")
    {
        flight?.Event(leg, isInbound, what, code, text, Now);
        tape?.Add(new TapItem(tape, Now, leg, connection, isInbound, what, Code: code, Text: text, Word: word));
    }

    /// <summary>The caller's socket, seen from the beginning.</summary>
    public void Opened() => tape?.Add(new TapItem(tape, 0, TapeLeg.Exotel, 1, true, TapeEvent.Open));

    /// <summary>Number of the next socket to the model.</summary>
    public int NextModel() => Interlocked.Increment(ref _models);

    /// <summary>The call has been let in: its end will be told.</summary>
    public void Begun()
    {
        lock (_gate)
        {
            _hasCall = true;
        }
    }

    /// <summary>The call is gone.</summary>
    /// <returns>True where nothing of it is left.</returns>
    public bool CallEnded(CallEndReason reason, string detail)
    {
        Event(TapeLeg.Call, 0, isInbound: false, TapeEvent.End, 0, detail, reason.Word());
        lock (_gate)
        {
            _hasCall = false;
            return IsLast();
        }
    }

    /// <summary>The caller's socket is gone.</summary>
    /// <returns>True where nothing of the call is left.</returns>
    public bool CallerGone()
    {
        lock (_gate)
        {
            _hasCaller = false;
            return IsLast();
        }
    }

    /// <summary>Nothing is added any more.</summary>
    public void Finish() => tape?.Finish();

    private bool IsLast()
    {
        if (_hasCall || _hasCaller || _isOver)
        {
            return false;
        }

        _isOver = true;
        return true;
    }

    public void AddTo(HotSet set) => set.Add(flight);
}
