namespace Matrixd.Audio;

/// <summary>Where samples stand in a resampler's working memory.</summary>
/// <param name="Streams">Input streams.</param>
/// <param name="History">Groups of the past that precede a block in each stream.</param>
/// <param name="Lanes">Samples in a vector of the kernel.</param>
/// <param name="IsFolded">Whether a program folds: only then loading is the bottleneck.</param>
internal readonly record struct WindowLayout(int Streams, int History, int Lanes, bool IsFolded)
{
    /// <summary>Samples in a cache line of 64 bytes; the window begins with one.</summary>
    public const int CacheLine = 16;

    /// <summary>From one stream to the next [samples].</summary>
    public int Stride => History + ResamplerTable.MaxGroups;

    /// <summary>All streams, up to a cache line [samples].</summary>
    public int Size => (((Streams * Stride) + CacheLine - 1) / CacheLine) * CacheLine;

    /// <summary>
    /// From a sample to its second copy [samples], half a cache line further than whole lines; 0: there is none. With half-line vectors, one
    /// that crosses a line does not cross one in the other copy. Narrower ones seldom cross, wider ones nearly always.
    /// </summary>
    public int SecondCopy => IsFolded && Lanes == CacheLine / 2 ? Size + Lanes : 0;

    /// <summary>Everything: the window and the room of its second copy [samples].</summary>
    public int TotalSize => SecondCopy == 0 ? Size : (2 * Size) + CacheLine;

    /// <summary>Where a stream's sample of a delay stands for the first output.</summary>
    public int Place(PhaseTap tap) => (tap.Stream * Stride) + History - tap.Delay;

    /// <summary>Where to read vectors 0, 2, 4, …, and where 1, 3, 5, …, of a place.</summary>
    public (int Even, int Odd) Places(int place)
    {
        int copied = place + SecondCopy;
        return place % CacheLine <= CacheLine - Lanes ? (place, copied) : (copied, place);
    }
}
