namespace Matrixd.Audio;

/// <summary>Two or three taps of a filter that read the same samples, each one vector further back.</summary>
/// <param name="Offset">Where <paramref name="Tap0"/> begins to read, from the start of the window [samples].</param>
/// <param name="Tap0">Weighs the samples from <paramref name="Offset"/> on.</param>
/// <param name="Tap1">Weighs the samples from one vector before.</param>
/// <param name="Tap2">Weighs the samples from two vectors before; unused in a pair.</param>
internal readonly record struct TapGroup(int Offset, float Tap0, float Tap1, float Tap2);
