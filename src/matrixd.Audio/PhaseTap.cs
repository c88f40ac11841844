namespace Matrixd.Audio;

/// <summary>A tap of an output stream's filter.</summary>
/// <param name="Stream">The input stream it weighs.</param>
/// <param name="Delay">How far back [groups].</param>
/// <param name="Value">The weight.</param>
internal readonly record struct PhaseTap(int Stream, int Delay, float Value);
