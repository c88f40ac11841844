using System.Text;

namespace Matrixd.Calls;

/// <summary>A turn that is still being spoken or heard.</summary>
internal sealed class OpenTurn(int number, Speaker speaker)
{
    // Longer than any spoken turn; what a misbehaving peer sends beyond it is cut.
    private const int MaxText = 64 * 1024;

    private readonly StringBuilder _said = new();

    public int Number => number;

    public Speaker Speaker => speaker;

    /// <summary>Playout position of the model's first sample.</summary>
    public long FirstPosition { get; init; }

    /// <summary>Playout position after its last sample; -1: more may come.</summary>
    public long LastPosition { get; set; } = -1;

    /// <summary>Playout position up to which it was heard, where it was cut; -1: it was not.</summary>
    public long HeardPosition { get; set; } = -1;

    /// <summary>On the time line [samples]; -1: not yet.</summary>
    public long Start { get; set; } = -1;

    public long End { get; set; } = -1;

    /// <summary>From the caller's last sound to the first sample [samples]; -1: not known.</summary>
    public long Response { get; set; } = -1;

    /// <summary>When nothing more was expected of it, on the time line; -1: more is.</summary>
    public long ClosedAt { get; set; } = -1;

    public bool Interrupted { get; set; }

    public string Said => _said.ToString().Trim();

    public void AddText(string text)
    {
        if (_said.Length + text.Length <= MaxText)
        {
            _said.Append(text);
        }
    }
}
