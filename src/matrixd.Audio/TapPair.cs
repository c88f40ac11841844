namespace Matrixd.Audio;

/// <summary>One or two taps of a filter, that read the same samples one vector apart.</summary>
/// <param name="Offset">Where <paramref name="Near"/> begins to read, from the start of the window [samples].</param>
/// <param name="Near">Weighs the samples from <paramref name="Offset"/> on.</param>
/// <param name="Far">Weighs the samples from one vector before; unused in a single tap.</param>
internal readonly record struct TapPair(int Offset, float Near, float Far);
