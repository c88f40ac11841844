namespace Matrixd.Calls;

/// <summary>The latest turns of a call that were written down: what the store may not have yet.</summary>
/// <remarks>
/// Owned by one call, under its gate. Kept as numbers and one run of characters: records and strings of their own would live for minutes, be found alive
/// and moved by one collection after another, and hardly ever be asked for.
/// </remarks>
internal sealed class RecentTurns(CallSid callSid, StreamSid streamSid)
{
    /// <summary>Turns that are kept: rows are on disk within a second.</summary>
    public const int Most = 16;

    // Half a minute of speech.
    private const int FirstText = 512;

    // What a few very long turns needed is not kept once they have gone.
    private const int KeptText = 8 * 1024;

    private readonly List<Entry> _entries = new(4);
    private char[] _text = [];
    private int _end; // of the text of the last entry

    /// <summary>Characters that there is room for.</summary>
    public int Capacity => _text.Length;

    /// <summary>The turns, in the order of their writing, as new records.</summary>
    public IEnumerable<TurnRecord> Records => _entries.Select(Record);

    /// <summary>Keeps a turn; where there are <see cref="Most"/>, the oldest goes.</summary>
    /// <param name="turn">Heard must be what Said begins with, as <see cref="HeardText"/> has it.</param>
    public void Add(TurnRecord turn)
    {
        if (_entries.Count == Most)
        {
            _entries.RemoveAt(0);
        }

        MakeRoom(turn.Said.Length);
        turn.Said.CopyTo(_text.AsSpan(_end));
        _entries.Add(new Entry(
            turn.Number, turn.Speaker, _end, turn.Said.Length, turn.Heard.Length, turn.StartMs, turn.EndMs, turn.Interrupted, turn.ResponseMs));
        _end += turn.Said.Length;
    }

    private TurnRecord Record(Entry entry) => new(
        callSid, streamSid, entry.Number, entry.Speaker, new string(_text, entry.Text, entry.Said), new string(_text, entry.Text, entry.Heard),
        entry.StartMs, entry.EndMs, entry.Interrupted, entry.ResponseMs);

    // Moves what is still kept to the front, into an array of another size where this one is too small or far too large.
    private void MakeRoom(int length)
    {
        int start = _entries.Count > 0 ? _entries[0].Text : _end;
        int needed = _end - start + length;
        bool tooLarge = _text.Length > KeptText && needed <= _text.Length / 4;
        if (_end + length <= _text.Length && !tooLarge)
        {
            return;
        }

        char[] text = needed > _text.Length || tooLarge ? new char[Math.Max(FirstText, needed + (needed / 2))] : _text;
        _text.AsSpan(start, _end - start).CopyTo(text);
        _text = text;
        _end -= start;
        for (int i = 0; i < _entries.Count; i++)
        {
            _entries[i] = _entries[i] with { Text = _entries[i].Text - start };
        }
    }

    /// <param name="Text">Where its characters begin.</param>
    /// <param name="Said">Their number.</param>
    /// <param name="Heard">How many of them were heard.</param>
    private readonly record struct Entry(
        int Number, Speaker Speaker, int Text, int Said, int Heard, long StartMs, long EndMs, bool Interrupted, long ResponseMs);
}
