namespace Matrixd.Audio;

/// <summary>Which of the designs of a rate pair to use. They differ in the width of the transition band, and so in delay.</summary>
public enum ResamplerQuality
{
    /// <summary>The design recommended for the rate pair: <see cref="CleanEdge"/> for 24 to 8 kHz, else <see cref="LeastDelay"/>.</summary>
    Default,

    /// <summary>"A": the least delay. What lies just above the narrower band's edge comes back mirrored just below it, outside the pass band.</summary>
    LeastDelay,

    /// <summary>"B": nothing above the narrower band's edge comes back, at about twice the delay.</summary>
    CleanEdge,
}
