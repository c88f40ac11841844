using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Matrixd.Audio;

/// <summary>16-bit mono PCM: its size, and its way to floating point and back. Stateless; any thread.</summary>
public static unsafe class Pcm
{
    /// <summary>Bytes of one sample [bytes].</summary>
    public const int BytesPerSample = 2;

    private const float FullScale = 32768;

    /// <summary>Makes floating-point samples of 16-bit ones; exact.</summary>
    /// <param name="pcm">Any number of samples.</param>
    /// <param name="output">Receives samples in [-1, 1). At least as long; must not overlap.</param>
    /// <exception cref="ArgumentException"><paramref name="output"/> is too short. Nothing was written.</exception>
    public static void ToFloat(ReadOnlySpan<short> pcm, Span<float> output)
    {
        CheckLength(pcm.Length, output.Length);
        int n = 0;
        fixed (short* from = pcm)
        fixed (float* to = output)
        {
            for (; n + Vector128<short>.Count <= pcm.Length; n += Vector128<short>.Count)
            {
                (PcmFormat.Widen(Vector128.Load(from + n)) * (1 / FullScale)).Store(to + n);
            }
        }

        for (; n < pcm.Length; n++)
        {
            output[n] = pcm[n] * (1 / FullScale);
        }
    }

    /// <summary>Makes 16-bit samples of floating-point ones: rounded to nearest, half to even, and saturated.</summary>
    /// <param name="samples">Any number; full scale is [-1, 1). What is no number becomes 0.</param>
    /// <param name="output">At least as long; must not overlap.</param>
    /// <exception cref="ArgumentException"><paramref name="output"/> is too short. Nothing was written.</exception>
    public static void ToInt16(ReadOnlySpan<float> samples, Span<short> output)
    {
        CheckLength(samples.Length, output.Length);
        int n = 0;
        fixed (float* from = samples)
        fixed (short* to = output)
        {
            for (; n + Vector128<short>.Count <= samples.Length; n += Vector128<short>.Count)
            {
                PcmFormat.Narrow(FloatFormat.NumbersOf(Vector256.Load(from + n)) * FullScale).Store(to + n);
            }
        }

        for (; n < samples.Length; n++)
        {
            output[n] = float.IsNaN(samples[n]) ? (short)0 : PcmFormat.Narrow(samples[n] * FullScale);
        }
    }

    /// <summary>Between like or unlike kinds of samples; the output is long enough.</summary>
    internal static void Convert<TIn, TOut>(ReadOnlySpan<TIn> input, Span<TOut> output)
        where TIn : unmanaged
        where TOut : unmanaged
    {
        if (typeof(TIn) == typeof(TOut))
        {
            MemoryMarshal.Cast<TIn, TOut>(input).CopyTo(output);
        }
        else if (typeof(TIn) == typeof(short))
        {
            ToFloat(MemoryMarshal.Cast<TIn, short>(input), MemoryMarshal.Cast<TOut, float>(output));
        }
        else
        {
            ToInt16(MemoryMarshal.Cast<TIn, float>(input), MemoryMarshal.Cast<TOut, short>(output));
        }
    }

    private static void CheckLength(int length, int room)
    {
        if (room < length)
        {
            throw new ArgumentException($"{length} samples do not fit into {room}.");
        }
    }
}
