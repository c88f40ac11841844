namespace Matrixd.Server;

/// <summary>Chooses which calls are taped, while the daemon runs.</summary>
internal interface ITapControl
{
    /// <summary>What is chosen now, telephone numbers masked; <c>off</c>: nothing.</summary>
    string Selected { get; }

    /// <summary>Calls that are taped at this moment.</summary>
    int Taped { get; }

    /// <summary>Chooses anew, for calls that start from now on.</summary>
    /// <param name="words">As <c>[diagnostics] wire_tap</c> takes them.</param>
    /// <returns>Why not; null where it is done.</returns>
    string? Select(string words);
}
