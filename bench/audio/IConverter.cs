namespace Matrixd.Bench.Audio;

/// <summary>A streaming rate converter of 16-bit samples: ours, or another library's.</summary>
internal interface IConverter : IDisposable
{
    /// <summary>Takes all of the input and gives what is ready.</summary>
    /// <returns>Samples written.</returns>
    int Process(ReadOnlySpan<short> input, Span<short> output);
}
