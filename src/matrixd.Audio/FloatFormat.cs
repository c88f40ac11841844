namespace Matrixd.Audio;

/// <summary>32-bit floating-point samples, full scale ±1. Scaling by a power of two is exact.</summary>
internal sealed unsafe class FloatFormat : ISampleFormat<float>
{
    private const float FullScale = 32768;

    public static void Split(ReadOnlySpan<float> input, int first, float* streams, int stride, int count)
    {
        int stream = first;
        foreach (float sample in input)
        {
            streams[stream * stride] = sample * FullScale;
            if (++stream == count)
            {
                stream = 0;
                streams++;
            }
        }
    }

    public static void Merge(float* streams, int stride, int count, int first, Span<float> output)
    {
        int stream = first;
        foreach (ref float sample in output)
        {
            sample = streams[stream * stride] * (1 / FullScale);
            if (++stream == count)
            {
                stream = 0;
                streams++;
            }
        }
    }
}
