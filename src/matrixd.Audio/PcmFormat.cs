using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Matrixd.Audio;

/// <summary>16-bit samples.</summary>
internal readonly unsafe struct PcmFormat : ISampleFormat<short>
{
    private const int Step = 8; // groups dealt out or gathered at a time

    // Of eight places in a row, bit 0 the first, those that fall to each of three streams.
    private const byte Places036 = 0b0100_1001;
    private const byte Places147 = 0b1001_0010;
    private const byte Places25 = 0b0010_0100;

    public static void Split(ReadOnlySpan<short> input, int first, float* streams, int stride, int count)
    {
        int head = first == 0 ? 0 : Math.Min(count - first, input.Length);
        SplitScalar(input[..head], first, streams, stride, count);
        streams += head == 0 ? 0 : 1;
        input = input[head..];
        fixed (short* samples = input)
        {
            int groups = count switch
            {
                1 => Split1(samples, input.Length, streams),
                2 => Split2(samples, input.Length, streams, stride),
                _ => Split3(samples, input.Length, streams, stride),
            };
            SplitScalar(input[(groups * count)..], 0, streams + groups, stride, count);
        }
    }

    public static void Merge(float** streams, int count, int first, Span<short> output)
    {
        int head = first == 0 ? 0 : Math.Min(count - first, output.Length);
        MergeScalar(streams, count, first, 0, output[..head]);
        int place = head == 0 ? 0 : 1;
        output = output[head..];
        fixed (short* samples = output)
        {
            int end = place + count switch
            {
                1 => Merge1(streams[0], samples, output.Length),
                2 => Merge2(streams[0] + place, streams[1] + place, samples, output.Length),
                _ => Merge3(streams[0] + place, streams[1] + place, streams[2] + place, samples, output.Length),
            };
            MergeScalar(streams, count, 0, end, output[((end - place) * count)..]);
        }
    }

    private static void SplitScalar(ReadOnlySpan<short> input, int stream, float* streams, int stride, int count)
    {
        foreach (short sample in input)
        {
            streams[stream * stride] = sample;
            if (++stream == count)
            {
                stream = 0;
                streams++;
            }
        }
    }

    private static void MergeScalar(float** streams, int count, int stream, int place, Span<short> output)
    {
        foreach (ref short sample in output)
        {
            sample = Narrow(streams[stream][place]);
            if (++stream == count)
            {
                stream = 0;
                place++;
            }
        }
    }

    private static int Split1(short* samples, int length, float* stream)
    {
        int g = 0;
        for (; g + Step <= length; g += Step)
        {
            Widen(Vector128.Load(samples + g)).Store(stream + g);
        }

        return g;
    }

    private static int Split2(short* samples, int length, float* streams, int stride)
    {
        int g = 0;
        for (; (g + Step) * 2 <= length; g += Step)
        {
            Vector256<int> pairs = Vector256.Load(samples + (2 * g)).AsInt32(); // the earlier sample is the lower half
            Vector256.ConvertToSingle(Vector256.ShiftRightArithmetic(Vector256.ShiftLeft(pairs, 16), 16)).Store(streams + g);
            Vector256.ConvertToSingle(Vector256.ShiftRightArithmetic(pairs, 16)).Store(streams + stride + g);
        }

        return g;
    }

    private static int Split3(short* samples, int length, float* streams, int stride)
    {
        int g = 0;
        for (; (g + Step) * 3 <= length; g += Step)
        {
            short* s = samples + (3 * g);
            Vector128<short> a = Vector128.Load(s), b = Vector128.Load(s + 8), c = Vector128.Load(s + 16);
            Vector128<short> s0 = Vector128.Shuffle(Pick(Places036, a, Places147, b, c), Vector128.Create(0, 3, 6, 1, 4, 7, 2, 5));
            Vector128<short> s1 = Vector128.Shuffle(Pick(Places147, a, Places25, b, c), Vector128.Create(1, 4, 7, 2, 5, 0, 3, 6));
            Vector128<short> s2 = Vector128.Shuffle(Pick(Places25, a, Places036, b, c), Vector128.Create(2, 5, 0, 3, 6, 1, 4, 7));
            Widen(s0).Store(streams + g);
            Widen(s1).Store(streams + stride + g);
            Widen(s2).Store(streams + (2 * stride) + g);
        }

        return g;
    }

    private static int Merge1(float* stream, short* samples, int length)
    {
        int g = 0;
        for (; g + Step <= length; g += Step)
        {
            Narrow(Vector256.Load(stream + g)).Store(samples + g);
        }

        return g;
    }

    private static int Merge2(float* stream0, float* stream1, short* samples, int length)
    {
        int g = 0;
        for (; (g + Step) * 2 <= length; g += Step)
        {
            Vector256<int> y0 = Round(Vector256.Load(stream0 + g)), y1 = Round(Vector256.Load(stream1 + g));
            (Vector256.ShiftLeft(y1, 16) | (y0 & Vector256.Create(0xFFFF))).AsInt16().Store(samples + (2 * g));
        }

        return g;
    }

    private static int Merge3(float* stream0, float* stream1, float* stream2, short* samples, int length)
    {
        int g = 0;
        for (; (g + Step) * 3 <= length; g += Step)
        {
            Vector128<short> a = Vector128.Shuffle(Narrow(Vector256.Load(stream0 + g)), Vector128.Create(0, 3, 6, 1, 4, 7, 2, 5));
            Vector128<short> b = Vector128.Shuffle(Narrow(Vector256.Load(stream1 + g)), Vector128.Create(5, 0, 3, 6, 1, 4, 7, 2));
            Vector128<short> c = Vector128.Shuffle(Narrow(Vector256.Load(stream2 + g)), Vector128.Create(2, 5, 0, 3, 6, 1, 4, 7));
            short* s = samples + (3 * g);
            Pick(Places036, a, Places147, b, c).Store(s);
            Pick(Places147, a, Places25, b, c).Store(s + 8);
            Pick(Places25, a, Places036, b, c).Store(s + 16);
        }

        return g;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)] // the places must become immediate operands
    private static Vector128<short> Pick(
        [ConstantExpected] byte placesA, Vector128<short> a, [ConstantExpected] byte placesB, Vector128<short> b, Vector128<short> c) =>
        Blend(placesA, a, Blend(placesB, b, c));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<short> Blend([ConstantExpected] byte places, Vector128<short> a, Vector128<short> b)
    {
        if (Sse41.IsSupported)
        {
            return Sse41.Blend(b, a, places);
        }

        Vector128<short> bits = Vector128.Create(1, 2, 4, 8, 16, 32, 64, 128);
        return Vector128.ConditionalSelect(Vector128.Equals(Vector128.Create((short)places) & bits, bits), a, b);
    }

    public static Vector256<float> Widen(Vector128<short> samples)
    {
        (Vector128<int> lower, Vector128<int> upper) = Vector128.Widen(samples);
        return Vector256.ConvertToSingle(Vector256.Create(lower, upper));
    }

    /// <summary>The nearest 16-bit value.</summary>
    public static short Narrow(float sample) => (short)Math.Clamp(MathF.Round(sample), short.MinValue, short.MaxValue);

    /// <summary>The nearest 16-bit values of numbers.</summary>
    public static Vector128<short> Narrow(Vector256<float> samples)
    {
        Vector256<int> rounded = Round(samples);
        return Sse2.IsSupported
            ? Sse2.PackSignedSaturate(rounded.GetLower(), rounded.GetUpper())
            : Vector128.Narrow(rounded.GetLower(), rounded.GetUpper());
    }

    // Saturation comes before rounding: the native conversion must not meet what passes 32 bits, as float input far beyond full scale can.
    private static Vector256<int> Round(Vector256<float> samples)
    {
        Vector256<float> saturated = Vector256.MinNative(Vector256.MaxNative(samples, Vector256.Create(-32768f)), Vector256.Create(32767f));
        return Vector256.ConvertToInt32Native(Vector256.Round(saturated));
    }
}
