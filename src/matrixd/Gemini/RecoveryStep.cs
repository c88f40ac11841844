namespace Matrixd.Gemini;

/// <summary>What to do next about a lost connection.</summary>
/// <param name="Action">What.</param>
/// <param name="Delay">Before it.</param>
internal readonly record struct RecoveryStep(RecoveryAction Action, TimeSpan Delay);

internal enum RecoveryAction
{
    /// <summary>Dial, and go on with the session.</summary>
    Resume,

    /// <summary>Dial, and begin a new session.</summary>
    Fresh,

    /// <summary>There is no way back.</summary>
    GiveUp,
}
