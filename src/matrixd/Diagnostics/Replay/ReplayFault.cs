namespace Matrixd.Diagnostics;

/// <summary>What goes wrong with the model's connection in a replay that did not in the call.</summary>
/// <param name="Delay">From the stage to the fault.</param>
/// <param name="Code">Of a close.</param>
/// <param name="Text">Of a close its reason.</param>
/// <param name="Notice">Of a goAway: the time it leaves.</param>
/// <param name="Times">How often it strikes at most.</param>
internal sealed record ReplayFault(ReplayFaultKind Kind, ReplayStage Stage, TimeSpan Delay, ushort Code = 0, string Text = "", TimeSpan Notice = default, int Times = 1);

internal enum ReplayFaultKind
{
    /// <summary>Announces the end of the connection, and ends it where the call has not left it by then.</summary>
    GoAway,
    Close,

    /// <summary>The connection is gone without a word.</summary>
    Drop,

    /// <summary>The connection stays open and says nothing any more.</summary>
    Stall,

    /// <summary>Audio comes as digital zeros.</summary>
    Silence,

    /// <summary>A message that is no JSON.</summary>
    Garbage,
}

/// <summary>When a fault strikes.</summary>
internal enum ReplayStage
{
    /// <summary>The setup has come; setupComplete has not gone out.</summary>
    Setup,

    /// <summary>setupComplete has gone out.</summary>
    Ready,

    /// <summary>The caller's audio comes.</summary>
    Audio,

    /// <summary>The model begins to speak.</summary>
    Turn,

    /// <summary>A tool call has gone out.</summary>
    Tool,
}
