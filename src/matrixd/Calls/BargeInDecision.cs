namespace Matrixd.Calls;

/// <summary>What is to be done with the model's audio, by our own ear.</summary>
internal enum BargeInDecision
{
    None,

    /// <summary>The caller may be beginning to talk over the model: hold its audio.</summary>
    Pause,

    /// <summary>A cough or a word of assent: the audio goes on.</summary>
    Resume,

    /// <summary>The caller talks over the model: its audio is void.</summary>
    Interrupt,
}
