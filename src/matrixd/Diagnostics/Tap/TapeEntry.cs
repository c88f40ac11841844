namespace Matrixd.Diagnostics;

/// <summary>One line of a tape, read.</summary>
internal sealed record TapeEntry
{
    /// <summary>Since the tape's beginning.</summary>
    public required TimeSpan At { get; init; }

    public required TapeLeg Leg { get; init; }

    /// <summary>Number of the leg's socket, from 1.</summary>
    public int Connection { get; init; } = 1;

    public bool IsInbound { get; init; }

    public required TapeEvent Event { get; init; }

    /// <summary>Of a message that came: those that arrived together have the same; 0: not known.</summary>
    public int Batch { get; init; }

    /// <summary>Of a message: its JSON as the tape has it; empty where it was none.</summary>
    public string Json { get; init; } = "";

    /// <summary>Of a message that was no JSON: its beginning.</summary>
    public byte[] Raw { get; init; } = [];

    public ushort Code { get; init; }

    /// <summary>Of a close its reason, of a failed dial its error, of the end its detail.</summary>
    public string Text { get; init; } = "";

    /// <summary>Of a close its cause, of a failed dial its stage, of the end its reason.</summary>
    public string Word { get; init; } = "";

    /// <summary>True where both arrived together, on one socket.</summary>
    public bool CameWith(TapeEntry other) => Batch > 0 && Batch == other.Batch && Leg == other.Leg && Connection == other.Connection && other.IsMessage;

    public bool IsMessage => Event is TapeEvent.Text or TapeEvent.Binary;
}
