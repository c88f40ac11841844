namespace Matrixd.Diagnostics;

/// <summary>What one line of a tape tells.</summary>
internal enum TapeEvent
{
    Text,
    Binary,

    /// <summary>The socket is there.</summary>
    Open,

    /// <summary>The socket ends: who ended it and how stands beside.</summary>
    Close,

    /// <summary>A dial came to nothing.</summary>
    Failed,

    /// <summary>The call has ended, for the reason that stands beside.</summary>
    End,
}
