using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector256;
using Vec = System.Runtime.Intrinsics.Vector256<float>;

namespace Matrixd.Audio;

/// <summary>The kernel for vectors of 256 bits. See <see cref="FirKernel"/>.</summary>
internal static unsafe class FirKernel256
{
    private const int N = 256 / 32; // samples in a vector

    public static void Pass(FirProgram program, float* window, float* output)
    {
        Vec a0 = default, a1 = default, a2 = default, a3 = default, a4 = default;
        Vec a5 = default, a6 = default, a7 = default, a8 = default, a9 = default;
        foreach (ref readonly TapPair pair in program.Pairs.AsSpan())
        {
            float* x = window + pair.Offset;
            Vec near = Lanes.Create(pair.Near), far = Lanes.Create(pair.Far);
            a0 = Lanes.MultiplyAddEstimate(Lanes.Load(x - N), far, a0);
            Vec x0 = Lanes.Load(x);
            a0 = Lanes.MultiplyAddEstimate(x0, near, a0);
            a1 = Lanes.MultiplyAddEstimate(x0, far, a1);
            Vec x1 = Lanes.Load(x + N);
            a1 = Lanes.MultiplyAddEstimate(x1, near, a1);
            a2 = Lanes.MultiplyAddEstimate(x1, far, a2);
            Vec x2 = Lanes.Load(x + (2 * N));
            a2 = Lanes.MultiplyAddEstimate(x2, near, a2);
            a3 = Lanes.MultiplyAddEstimate(x2, far, a3);
            Vec x3 = Lanes.Load(x + (3 * N));
            a3 = Lanes.MultiplyAddEstimate(x3, near, a3);
            a4 = Lanes.MultiplyAddEstimate(x3, far, a4);
            Vec x4 = Lanes.Load(x + (4 * N));
            a4 = Lanes.MultiplyAddEstimate(x4, near, a4);
            a5 = Lanes.MultiplyAddEstimate(x4, far, a5);
            Vec x5 = Lanes.Load(x + (5 * N));
            a5 = Lanes.MultiplyAddEstimate(x5, near, a5);
            a6 = Lanes.MultiplyAddEstimate(x5, far, a6);
            Vec x6 = Lanes.Load(x + (6 * N));
            a6 = Lanes.MultiplyAddEstimate(x6, near, a6);
            a7 = Lanes.MultiplyAddEstimate(x6, far, a7);
            Vec x7 = Lanes.Load(x + (7 * N));
            a7 = Lanes.MultiplyAddEstimate(x7, near, a7);
            a8 = Lanes.MultiplyAddEstimate(x7, far, a8);
            Vec x8 = Lanes.Load(x + (8 * N));
            a8 = Lanes.MultiplyAddEstimate(x8, near, a8);
            a9 = Lanes.MultiplyAddEstimate(x8, far, a9);
            a9 = Lanes.MultiplyAddEstimate(Lanes.Load(x + (9 * N)), near, a9);
        }

        foreach (ref readonly TapPair single in program.Singles.AsSpan())
        {
            float* x = window + single.Offset;
            Vec tap = Lanes.Create(single.Near);
            a0 = Lanes.MultiplyAddEstimate(Lanes.Load(x), tap, a0);
            a1 = Lanes.MultiplyAddEstimate(Lanes.Load(x + N), tap, a1);
            a2 = Lanes.MultiplyAddEstimate(Lanes.Load(x + (2 * N)), tap, a2);
            a3 = Lanes.MultiplyAddEstimate(Lanes.Load(x + (3 * N)), tap, a3);
            a4 = Lanes.MultiplyAddEstimate(Lanes.Load(x + (4 * N)), tap, a4);
            a5 = Lanes.MultiplyAddEstimate(Lanes.Load(x + (5 * N)), tap, a5);
            a6 = Lanes.MultiplyAddEstimate(Lanes.Load(x + (6 * N)), tap, a6);
            a7 = Lanes.MultiplyAddEstimate(Lanes.Load(x + (7 * N)), tap, a7);
            a8 = Lanes.MultiplyAddEstimate(Lanes.Load(x + (8 * N)), tap, a8);
            a9 = Lanes.MultiplyAddEstimate(Lanes.Load(x + (9 * N)), tap, a9);
        }

        Store(a0, a1, a2, a3, a4, output);
        Store(a5, a6, a7, a8, a9, output + (5 * N));
    }

    private static void Store(Vec a0, Vec a1, Vec a2, Vec a3, Vec a4, float* output)
    {
        a0.Store(output);
        a1.Store(output + N);
        a2.Store(output + (2 * N));
        a3.Store(output + (3 * N));
        a4.Store(output + (4 * N));
    }
}
