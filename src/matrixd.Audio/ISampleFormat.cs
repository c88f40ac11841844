namespace Matrixd.Audio;

/// <summary>How samples of a type get into the filter and out of it. Inside, full scale is ±32768.</summary>
/// <remarks>Implemented by structs, so that the code for each is its own and calls it directly.</remarks>
internal unsafe interface ISampleFormat<T>
    where T : unmanaged
{
    /// <summary>Deals <paramref name="input"/> out to the streams.</summary>
    /// <param name="input">Sample t goes to stream t mod <paramref name="count"/>, place t / <paramref name="count"/>, t counted from <paramref name="first"/>.</param>
    /// <param name="first">0 to <paramref name="count"/> - 1: samples of the first group that are there already.</param>
    /// <param name="streams">The first place of stream 0.</param>
    /// <param name="stride">Places from one stream to the next.</param>
    /// <param name="count">Streams: 1 to 3.</param>
    static abstract void Split(ReadOnlySpan<T> input, int first, float* streams, int stride, int count);

    /// <summary>The reverse of <see cref="Split"/>, rounding to the nearest value of the type and saturating.</summary>
    /// <param name="streams">The first place of each stream.</param>
    /// <param name="count">Streams: 1 to 3.</param>
    /// <param name="first">The stream that the first output comes from.</param>
    /// <param name="output">Filled; the streams have enough.</param>
    static abstract void Merge(float** streams, int count, int first, Span<T> output);
}
