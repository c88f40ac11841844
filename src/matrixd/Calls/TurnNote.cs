namespace Matrixd.Calls;

/// <summary>What the model says of its own turn, beside that it is over.</summary>
internal enum TurnNote
{
    /// <summary>Nothing, or nothing that matters here.</summary>
    None,

    /// <summary>It waits for the caller to say more: there is no answer, and none is missing.</summary>
    WaitsForInput,

    /// <summary>It produced a response and rejected it, or could not finish it.</summary>
    Rejected,
}
