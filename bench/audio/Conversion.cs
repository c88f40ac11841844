namespace Matrixd.Bench.Audio;

/// <summary>What a call does to audio in one direction.</summary>
/// <param name="From">[Hz]</param>
/// <param name="To">[Hz]</param>
internal readonly record struct Conversion(int From, int To)
{
    public const int PassHz = 3400; // telephone speech ends there

    public bool IsUp => To > From;

    /// <summary>Of 20 ms.</summary>
    public int BlockSamples => From / 50;

    public override string ToString() => $"{From / 1000} → {To / 1000} kHz";
}
