namespace Matrixd.Audio;

/// <summary>32-bit floating-point samples, full scale ±1. Scaling by a power of two is exact.</summary>
internal readonly unsafe struct FloatFormat : ISampleFormat<float>
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

    public static void Merge(float** streams, int count, int first, Span<float> output)
    {
        int stream = first;
        int place = 0;
        foreach (ref float sample in output)
        {
            sample = streams[stream][place] * (1 / FullScale);
            if (++stream == count)
            {
                stream = 0;
                place++;
            }
        }
    }
}
