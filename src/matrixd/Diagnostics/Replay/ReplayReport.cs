namespace Matrixd.Diagnostics;

/// <summary>What came out of a replay.</summary>
internal sealed record ReplayReport
{
    public required string CallSid { get; init; }

    public required string EndReason { get; init; }

    public required string EndDetail { get; init; }

    /// <summary>From the start to the end.</summary>
    public required long DurationMs { get; init; }

    public required string Model { get; init; }

    /// <summary>Connections to the model.</summary>
    public required int Connections { get; init; }

    public required IReadOnlyList<string> Faults { get; init; }

    public required IReadOnlyList<ReplayTurn> Turns { get; init; }

    public required IReadOnlyList<ReplayTool> Tools { get; init; }

    /// <summary>What happened to the connection to the model.</summary>
    public required IReadOnlyList<ReplayEvent> ModelEvents { get; init; }

    public required long BargeIns { get; init; }

    public required ReplaySound Heard { get; init; }

    public required ReplaySound SentToModel { get; init; }

    public required long Marks { get; init; }

    public required long Clears { get; init; }

    public required long CallerMessages { get; init; }

    public required long ModelMessages { get; init; }

    /// <summary>Caller audio that was dropped while the model took none [bytes].</summary>
    public required long UplinkDroppedBytes { get; init; }

    /// <summary>What is to be known of the tape.</summary>
    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>Where the replay sent something else than the call did.</summary>
    public required IReadOnlyList<string> Differences { get; init; }

    /// <summary>All of them, told or not.</summary>
    public required int DifferenceCount { get; init; }

    /// <summary>File name within the output folder; empty: none.</summary>
    public string Recording { get; init; } = "";
}

/// <param name="Speaker">caller or model.</param>
internal sealed record ReplayTurn(int Number, string Speaker, string Said, string Heard, long StartMs, long EndMs, bool Interrupted, long? ResponseMs);

internal sealed record ReplayTool(string Name, string Outcome, long StartMs, long DurationMs);

/// <param name="Kind">go_away, rotated, lost, resumed, …</param>
internal sealed record ReplayEvent(string Kind, long AtMs, string Detail);

/// <param name="Messages">Chunks to the caller, or messages to the model.</param>
/// <param name="Sha256">Of all audio, one after the other.</param>
internal sealed record ReplaySound(int Messages, long Bytes, string Sha256);
