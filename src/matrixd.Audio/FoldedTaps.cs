namespace Matrixd.Audio;

/// <summary>Two taps of a symmetric filter one vector apart, with their mirror images.</summary>
/// <remarks>
/// All places are from the start of the window. The samples stand there twice, so that a vector can be read where it does not cross a cache
/// line: the place depends on whether a vector's number is even or odd.
/// </remarks>
/// <param name="Even">Where <paramref name="Tap0"/> reads for output vectors 0, 2, 4, …</param>
/// <param name="Odd">Where it reads for output vectors 1, 3, 5, …, as if they began at vector 0.</param>
/// <param name="MirrorEven">Where the mirror image of <paramref name="Tap0"/> reads, even vectors.</param>
/// <param name="MirrorOdd">The same, odd vectors.</param>
/// <param name="Tap0">Weighs both.</param>
/// <param name="Tap1">Weighs the samples one vector before, and at the mirror image one vector behind.</param>
internal readonly record struct FoldedTaps(int Even, int Odd, int MirrorEven, int MirrorOdd, float Tap0, float Tap1);
