namespace Matrixd.Calls;

/// <summary>A turn that is still being spoken or heard.</summary>
/// <remarks>Once it is written down it serves the next turn of its call, with its buffer: a turn lasts for seconds, and what is made for each would be found alive by every collection.</remarks>
internal sealed class OpenTurn
{
    // Longer than any spoken turn; what a misbehaving peer sends beyond it is cut.
    private const int MaxText = 64 * 1024;

    // Half a minute of speech; what a longer turn needs is not kept for the next.
    private const int FirstText = 512;
    private const int KeptText = 1024;

    private char[] _text = [];
    private int _length;

    public int Number { get; private set; }

    public Speaker Speaker { get; private set; }

    /// <summary>Playout position of the model's first sample.</summary>
    public long FirstPosition { get; set; }

    /// <summary>Playout position after its last sample; -1: more may come.</summary>
    public long LastPosition { get; set; }

    /// <summary>Playout position up to which it was heard, where it was cut; -1: it was not.</summary>
    public long HeardPosition { get; set; }

    /// <summary>On the time line [samples]; -1: not yet.</summary>
    public long Start { get; set; }

    public long End { get; set; }

    /// <summary>From the caller's last sound to the first sample [samples]; -1: not known.</summary>
    public long Response { get; set; }

    /// <summary>When nothing more was expected of it, on the time line; -1: more is.</summary>
    public long ClosedAt { get; set; }

    public bool Interrupted { get; set; }

    /// <summary>True where no word has come.</summary>
    public bool IsEmpty => Words.IsEmpty;

    /// <summary>What has come, as a new string.</summary>
    public string Said => Words.ToString();

    private ReadOnlySpan<char> Words => _text.AsSpan(0, _length).Trim();

    /// <summary>Forgets what it was and is another turn.</summary>
    public void Begin(int number, Speaker speaker)
    {
        Number = number;
        Speaker = speaker;
        FirstPosition = 0;
        LastPosition = HeardPosition = Start = End = Response = ClosedAt = -1;
        Interrupted = false;
        _length = 0;
        if (_text.Length > KeptText)
        {
            _text = [];
        }
    }

    public void AddText(ReadOnlySpan<char> text)
    {
        int length = _length + text.Length;
        if (length > MaxText)
        {
            return;
        }

        if (length > _text.Length)
        {
            Array.Resize(ref _text, Math.Max(length, Math.Max(FirstText, 2 * _text.Length)));
        }

        text.CopyTo(_text.AsSpan(_length));
        _length = length;
    }
}
