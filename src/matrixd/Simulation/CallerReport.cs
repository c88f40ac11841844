namespace Matrixd.Simulation;

/// <summary>What one simulated call came to. JSON in snake_case.</summary>
internal sealed record CallerReport
{
    public required string CallSid { get; init; }

    /// <summary>Handshakes tried: 1, or 2 where the first failed; Exotel retries once.</summary>
    public int Attempts { get; init; }

    /// <summary>Dial to 101 [ms].</summary>
    public double ConnectMs { get; init; }

    /// <summary><c>start</c> to the first audio [ms]; null: none came.</summary>
    public double? FirstAudioMs { get; init; }

    /// <summary><c>start</c> to the end of the line [ms].</summary>
    public double DurationMs { get; init; }

    /// <summary>Audio that was played [ms].</summary>
    public double HeardMs { get; init; }

    /// <summary>Most audio that waited to be played [ms].</summary>
    public double LargestQueueMs { get; init; }

    public int Chunks { get; init; }

    public int Clears { get; init; }

    public int Marks { get; init; }

    public int UnderRuns { get; init; }

    public int Violations { get; init; }

    /// <summary>Violations by rule.</summary>
    public SortedDictionary<string, int> ViolationKinds { get; init; } = [];

    public long FramesSent { get; init; }

    /// <summary>Frames that this caller itself sent more than a frame late: the machine was too busy to play so many callers.</summary>
    public long FramesLate { get; init; }

    public int CloseCode { get; init; }

    /// <summary>Who ended it: <c>peer</c>, <c>lost</c>, <c>violation</c>, <c>local</c>, <c>aborted</c>.</summary>
    public string CloseCause { get; init; } = "";

    public string CloseReason { get; init; } = "";

    /// <summary>Why the call was never connected; empty: it was.</summary>
    public string Error { get; init; } = "";
}
