namespace Matrixd.Diagnostics;

/// <summary>What is to be replayed, and how.</summary>
internal sealed record ReplayRequest
{
    /// <summary>The tape.</summary>
    public required string Tape { get; init; }

    public IReadOnlyList<ReplayFault> Faults { get; init; } = [];

    /// <summary>Where the replay's own tape, report and recording go; empty: nowhere.</summary>
    public string OutDirectory { get; init; } = "";

    /// <summary>The call's recording, for a tape without audio; empty: there is none.</summary>
    public string Recording { get; init; } = "";

    /// <summary>WAV that is played when the model is lost for good; empty: none.</summary>
    public string Apology { get; init; } = "";
}
