namespace Matrixd.Bench.Audio;

/// <summary>What many bots do: every sample several times, or one of several.</summary>
internal sealed class NaiveConverter(int from, int to) : IConverter
{
    private readonly int _times = Math.Max(from, to) / Math.Min(from, to);

    public int Process(ReadOnlySpan<short> input, Span<short> output)
    {
        if (to > from)
        {
            for (int i = 0; i < input.Length; i++)
            {
                output[i * _times] = input[i];
                output[(i * _times) + 1] = input[i]; // twice: the rates that are compared differ by that
            }

            return input.Length * _times;
        }

        int length = input.Length / _times; // blocks are whole frames
        for (int i = 0; i < length; i++)
        {
            output[i] = input[i * _times];
        }

        return length;
    }

    public void Dispose()
    {
    }
}
