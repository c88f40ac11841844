using System.Runtime.Intrinsics;

namespace Matrixd.Audio;

/// <summary>32-bit floating-point samples, full scale ±1. Scaling by a power of two is exact.</summary>
internal readonly unsafe struct FloatFormat : ISampleFormat<float>
{
    private const float FullScale = 32768;
    private const int Step = 8; // groups dealt out or gathered at a time
    private const int Quarter = 4; // the same by threes

    // What is softer becomes 0: its products with the taps would be numbers that processors take a hundred times as long for. -400 dBFS.
    private const float Least = 1e-20f;

    public static void Split(ReadOnlySpan<float> input, int first, float* streams, int stride, int count)
    {
        int head = first == 0 ? 0 : Math.Min(count - first, input.Length);
        SplitScalar(input[..head], first, streams, stride, count);
        streams += head == 0 ? 0 : 1;
        input = input[head..];
        int groups = 0;
        fixed (float* samples = input)
        {
            groups = count switch
            {
                1 => Split1(samples, input.Length, streams),
                2 => Split2(samples, input.Length, streams, stride),
                _ => Split3(samples, input.Length, streams, stride),
            };
        }

        SplitScalar(input[(groups * count)..], 0, streams + groups, stride, count);
    }

    public static void Merge(float** streams, int count, int first, Span<float> output)
    {
        int head = first == 0 ? 0 : Math.Min(count - first, output.Length);
        MergeScalar(streams, count, first, 0, output[..head]);
        int place = head == 0 ? 0 : 1;
        output = output[head..];
        int groups = 0;
        fixed (float* samples = output)
        {
            groups = count switch
            {
                1 => Merge1(streams[0] + place, samples, output.Length),
                2 => Merge2(streams[0] + place, streams[1] + place, samples, output.Length),
                _ => Merge3(streams[0] + place, streams[1] + place, streams[2] + place, samples, output.Length),
            };
        }

        MergeScalar(streams, count, 0, place + groups, output[(groups * count)..]);
    }

    /// <summary>0 in place of what is no number.</summary>
    public static Vector256<float> NumbersOf(Vector256<float> samples) => samples & Vector256.Equals(samples, samples);

    private static void SplitScalar(ReadOnlySpan<float> input, int stream, float* streams, int stride, int count)
    {
        foreach (float sample in input)
        {
            float scaled = sample * FullScale;
            streams[stream * stride] = MathF.Abs(scaled) < Least ? 0 : scaled;
            if (++stream == count)
            {
                stream = 0;
                streams++;
            }
        }
    }

    private static void MergeScalar(float** streams, int count, int stream, int place, Span<float> output)
    {
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

    private static int Split1(float* samples, int length, float* stream)
    {
        int g = 0;
        for (; g + Step <= length; g += Step)
        {
            Scale(Vector256.Load(samples + g)).Store(stream + g);
        }

        return g;
    }

    // The even samples are the lower halves of 64-bit numbers, the odd ones the upper.
    private static int Split2(float* samples, int length, float* streams, int stride)
    {
        int g = 0;
        for (; (g + Step) * 2 <= length; g += Step)
        {
            Vector256<ulong> a = Vector256.Load(samples + (2 * g)).AsUInt64(), b = Vector256.Load(samples + (2 * g) + Step).AsUInt64();
            Scale(Vector256.Narrow(a, b).AsSingle()).Store(streams + g);
            Scale(Vector256.Narrow(a >>> 32, b >>> 32).AsSingle()).Store(streams + stride + g);
        }

        return g;
    }

    // Of twelve samples in three vectors each stream has one in each lane already; then they are put in order.
    private static int Split3(float* samples, int length, float* streams, int stride)
    {
        int g = 0;
        for (; (g + Quarter) * 3 <= length; g += Quarter)
        {
            float* s = samples + (3 * g);
            Vector128<float> a = Vector128.Load(s), b = Vector128.Load(s + 4), c = Vector128.Load(s + 8);
            Vector128<float> s0 = Vector128.Shuffle(Pick(a, c, b), Vector128.Create(0, 3, 2, 1));
            Vector128<float> s1 = Vector128.Shuffle(Pick(b, a, c), Vector128.Create(1, 0, 3, 2));
            Vector128<float> s2 = Vector128.Shuffle(Pick(c, b, a), Vector128.Create(2, 1, 0, 3));
            Scale(s0).Store(streams + g);
            Scale(s1).Store(streams + stride + g);
            Scale(s2).Store(streams + (2 * stride) + g);
        }

        return g;
    }

    private static int Merge3(float* stream0, float* stream1, float* stream2, float* samples, int length)
    {
        int g = 0;
        for (; (g + Quarter) * 3 <= length; g += Quarter)
        {
            Vector128<float> a = Vector128.Shuffle(Vector128.Load(stream0 + g), Vector128.Create(0, 3, 2, 1));
            Vector128<float> b = Vector128.Shuffle(Vector128.Load(stream1 + g), Vector128.Create(1, 0, 3, 2));
            Vector128<float> c = Vector128.Shuffle(Vector128.Load(stream2 + g), Vector128.Create(2, 1, 0, 3));
            float* s = samples + (3 * g);
            (Pick(a, b, c) * (1 / FullScale)).Store(s);
            (Pick(b, c, a) * (1 / FullScale)).Store(s + 4);
            (Pick(c, a, b) * (1 / FullScale)).Store(s + 8);
        }

        return g;
    }

    // Lanes 0 and 3 of the first, 1 of the second, 2 of the third.
    private static Vector128<float> Pick(Vector128<float> first, Vector128<float> second, Vector128<float> third) =>
        Vector128.ConditionalSelect(
            Vector128.Create(-1, 0, 0, -1).AsSingle(), first, Vector128.ConditionalSelect(Vector128.Create(0, -1, 0, 0).AsSingle(), second, third));

    private static int Merge1(float* stream, float* samples, int length)
    {
        int g = 0;
        for (; g + Step <= length; g += Step)
        {
            (Vector256.Load(stream + g) * (1 / FullScale)).Store(samples + g);
        }

        return g;
    }

    private static int Merge2(float* stream0, float* stream1, float* samples, int length)
    {
        int g = 0;
        for (; (g + Step) * 2 <= length; g += Step)
        {
            Vector256<uint> y0 = (Vector256.Load(stream0 + g) * (1 / FullScale)).AsUInt32(), y1 = (Vector256.Load(stream1 + g) * (1 / FullScale)).AsUInt32();
            (Vector256<ulong> even0, Vector256<ulong> even1) = Vector256.Widen(y0);
            (Vector256<ulong> odd0, Vector256<ulong> odd1) = Vector256.Widen(y1);
            (even0 | (odd0 << 32)).AsSingle().Store(samples + (2 * g));
            (even1 | (odd1 << 32)).AsSingle().Store(samples + (2 * g) + Step);
        }

        return g;
    }

    private static Vector256<float> Scale(Vector256<float> samples)
    {
        Vector256<float> scaled = samples * FullScale;
        return Vector256.AndNot(scaled, Vector256.LessThan(Vector256.Abs(scaled), Vector256.Create(Least)));
    }

    private static Vector128<float> Scale(Vector128<float> samples)
    {
        Vector128<float> scaled = samples * FullScale;
        return Vector128.AndNot(scaled, Vector128.LessThan(Vector128.Abs(scaled), Vector128.Create(Least)));
    }
}
