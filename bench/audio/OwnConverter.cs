using Matrixd.Audio;

namespace Matrixd.Bench.Audio;

/// <summary>Ours, in the quality that calls use.</summary>
internal sealed class OwnConverter(int from, int to) : IConverter
{
    private readonly Resampler _resampler = Resampler.Create(from, to);

    public int Process(ReadOnlySpan<short> input, Span<short> output) => _resampler.Process(input, output);

    public void Dispose()
    {
    }
}
