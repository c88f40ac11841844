namespace Matrixd.Simulation;

/// <summary>What a fault does.</summary>
internal enum FaultKind
{
    /// <summary>Announces the end of the connection and then ends it.</summary>
    GoAway,

    /// <summary>Closes with a code and a text.</summary>
    Close,

    /// <summary>Says nothing any more; the connection stays open and is read.</summary>
    Stall,

    /// <summary>Resets the TCP connection: no close frame.</summary>
    Drop,

    /// <summary>The model's audio comes at half of real time.</summary>
    Slow,

    /// <summary>The model's audio is digital zeros.</summary>
    Silence,

    /// <summary>The model's audio is too faint to be heard.</summary>
    Faint,

    /// <summary>The turn stops in its middle: no more audio, and no end.</summary>
    Halt,

    /// <summary>The next turn has no audio.</summary>
    Empty,

    /// <summary>The next turn has no audio, and says that the response was rejected.</summary>
    Reject,

    /// <summary>The next turn does not come at all; everything else does.</summary>
    Ignore,

    /// <summary>Messages that are no JSON, or half of one, or of a kind nobody knows.</summary>
    Garbage,

    /// <summary>The answer of the stage comes later.</summary>
    Late,

    /// <summary>An HTTP status instead of the answer.</summary>
    Status,
}
