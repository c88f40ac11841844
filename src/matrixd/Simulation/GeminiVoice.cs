namespace Matrixd.Simulation;

/// <summary>What the simulated model says.</summary>
internal enum GeminiVoice
{
    /// <summary>What it heard the caller say; a greeting is spoken.</summary>
    Parrot,

    /// <summary>One recording, each turn.</summary>
    File,

    /// <summary>Nothing of its own accord: a test's <see cref="GeminiScript"/> does it all.</summary>
    Scripted,
}
