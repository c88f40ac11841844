using System.Text.Json;
using Matrixd.Transport;

namespace Matrixd.Diagnostics;

/// <summary>The carrier's end of a replay: says what it said on the tape, when it said it.</summary>
/// <param name="audio">Gives caller audio that the tape elided: position of the message on the tape, bytes.</param>
internal sealed class ReplayCaller(IEnumerable<TapeEntry> entries, ReplayCallerAudio audio)
{
    private readonly Queue<TapeEntry> _entries = new(entries.Where(entry => entry is { Leg: TapeLeg.Exotel, IsInbound: true } && (entry.IsMessage || entry.Event == TapeEvent.Close)));

    public ReplayLink? Link { get; set; }

    public long Messages { get; private set; }

    /// <summary>When it speaks next.</summary>
    public TimeSpan NextDue => _entries.Count > 0 ? _entries.Peek().At : TimeSpan.MaxValue;

    /// <summary>The next thing it says, where it is due.</summary>
    /// <returns>False where nothing is.</returns>
    public bool DeliverNext(TimeSpan now)
    {
        if (NextDue > now || Link is not { } link)
        {
            return false;
        }

        TapeEntry entry = _entries.Dequeue();
        if (entry.IsMessage)
        {
            Messages++;
            byte[] message = TapeReader.Message(entry, bytes => audio.Take(entry, bytes));
            link.Deliver(entry.Event == TapeEvent.Binary ? WebSocketOpcode.Binary : WebSocketOpcode.Text, message, !(_entries.TryPeek(out TapeEntry? next) && entry.CameWith(next)));
        }
        else
        {
            Close(link, entry);
        }

        return true;
    }

    // Where we closed on the tape and do not now, there is nothing more to hear: the caller is taken to have gone.
    private static void Close(ReplayLink link, TapeEntry entry)
    {
        WebSocketCloseCause cause = TapeWords.Cause(entry.Word);
        link.End(cause is WebSocketCloseCause.Local or WebSocketCloseCause.Aborted
            ? new WebSocketClose(WebSocketCloseCause.Peer, CloseCodes.Normal, "the tape ends here")
            : new WebSocketClose(cause, entry.Code, entry.Text));
    }
}
