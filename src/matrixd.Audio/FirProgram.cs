namespace Matrixd.Audio;

/// <summary>One output stream's filter, as a kernel walks it.</summary>
/// <remarks>
/// Multiplying is not to wait for loading: neighbouring vectors of outputs read the same vector of samples with taps one vector apart, so a
/// group of taps loads it once. A symmetric filter adds what its two halves weigh alike before it multiplies; additions have units of their own.
/// The order of summation is the program's, whatever the block and the kernel; so is the result, to the bit.
/// Immutable, shared by all resamplers of a design.
/// </remarks>
internal sealed class FirProgram
{
    /// <summary>Samples in a vector of the kernel.</summary>
    public required int Lanes { get; init; }

    /// <summary>The whole filter, if it is symmetric in itself; then there are no other groups.</summary>
    public FoldedTaps[] Folded { get; init; } = [];

    public TapGroup[] Triples { get; init; } = [];

    public TapGroup[] Pairs { get; init; } = [];

    /// <summary>Where the output stands in the window, if it is the input, later: one phase of a half-band or third-band filter.</summary>
    public int? CopyFrom { get; init; }
}
