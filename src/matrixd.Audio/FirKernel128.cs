using System.Runtime.Intrinsics;
using Lanes = System.Runtime.Intrinsics.Vector128;
using Vec = System.Runtime.Intrinsics.Vector128<float>;

namespace Matrixd.Audio;

/// <summary>The kernel for vectors of 128 bits: ten vectors of outputs at once, each vector of samples loaded once for a group of taps.</summary>
/// <remarks>See <see cref="FirKernel"/>. Written out, because the accumulators have to stay in registers.</remarks>
internal static unsafe class FirKernel128
{
    private const int N = 128 / 32; // samples in a vector

    public static void Pass(FirProgram program, float* window, float* output)
    {
        Vec a0 = default, a1 = default, a2 = default, a3 = default, a4 = default;
        Vec a5 = default, a6 = default, a7 = default, a8 = default, a9 = default;
        foreach (ref readonly TapGroup t in program.Triples.AsSpan())
        {
            float* x = window + t.Offset;
            Vec t0 = Lanes.Create(t.Tap0), t1 = Lanes.Create(t.Tap1), t2 = Lanes.Create(t.Tap2);
            Vec p = Lanes.Load(x - (2 * N)), q = Lanes.Load(x - N), r = Lanes.Load(x);
            a0 = Add(r, t0, Add(q, t1, Add(p, t2, a0)));
            p = Lanes.Load(x + N);
            a1 = Add(p, t0, Add(r, t1, Add(q, t2, a1)));
            q = Lanes.Load(x + (2 * N));
            a2 = Add(q, t0, Add(p, t1, Add(r, t2, a2)));
            r = Lanes.Load(x + (3 * N));
            a3 = Add(r, t0, Add(q, t1, Add(p, t2, a3)));
            p = Lanes.Load(x + (4 * N));
            a4 = Add(p, t0, Add(r, t1, Add(q, t2, a4)));
            q = Lanes.Load(x + (5 * N));
            a5 = Add(q, t0, Add(p, t1, Add(r, t2, a5)));
            r = Lanes.Load(x + (6 * N));
            a6 = Add(r, t0, Add(q, t1, Add(p, t2, a6)));
            p = Lanes.Load(x + (7 * N));
            a7 = Add(p, t0, Add(r, t1, Add(q, t2, a7)));
            q = Lanes.Load(x + (8 * N));
            a8 = Add(q, t0, Add(p, t1, Add(r, t2, a8)));
            r = Lanes.Load(x + (9 * N));
            a9 = Add(r, t0, Add(q, t1, Add(p, t2, a9)));
        }

        foreach (ref readonly TapGroup t in program.Pairs.AsSpan())
        {
            float* x = window + t.Offset;
            Vec t0 = Lanes.Create(t.Tap0), t1 = Lanes.Create(t.Tap1);
            Vec p = Lanes.Load(x - N), q = Lanes.Load(x);
            a0 = Add(q, t0, Add(p, t1, a0));
            p = Lanes.Load(x + N);
            a1 = Add(p, t0, Add(q, t1, a1));
            q = Lanes.Load(x + (2 * N));
            a2 = Add(q, t0, Add(p, t1, a2));
            p = Lanes.Load(x + (3 * N));
            a3 = Add(p, t0, Add(q, t1, a3));
            q = Lanes.Load(x + (4 * N));
            a4 = Add(q, t0, Add(p, t1, a4));
            p = Lanes.Load(x + (5 * N));
            a5 = Add(p, t0, Add(q, t1, a5));
            q = Lanes.Load(x + (6 * N));
            a6 = Add(q, t0, Add(p, t1, a6));
            p = Lanes.Load(x + (7 * N));
            a7 = Add(p, t0, Add(q, t1, a7));
            q = Lanes.Load(x + (8 * N));
            a8 = Add(q, t0, Add(p, t1, a8));
            p = Lanes.Load(x + (9 * N));
            a9 = Add(p, t0, Add(q, t1, a9));
        }

        Store(a0, a1, a2, a3, a4, output);
        Store(a5, a6, a7, a8, a9, output + (5 * N));
    }

    /// <summary>One pass of a program that is folded.</summary>
    public static void FoldedPass(FirProgram program, float* window, float* output)
    {
        Vec a0 = default, a1 = default, a2 = default, a3 = default, a4 = default;
        Vec a5 = default, a6 = default, a7 = default, a8 = default, a9 = default;
        foreach (ref readonly FoldedTaps t in program.Folded.AsSpan())
        {
            float* e = window + t.Even, o = window + t.Odd, f = window + t.MirrorEven, p = window + t.MirrorOdd;
            Vec t0 = Lanes.Create(t.Tap0), t1 = Lanes.Create(t.Tap1);
            Vec x = Lanes.Load(o - N), y = Lanes.Load(f), z;
            z = Lanes.Load(p + N);
            a0 = Add(x + z, t1, a0);
            x = Lanes.Load(e);
            a0 = Add(x + y, t0, a0);
            y = Lanes.Load(f + (2 * N));
            a1 = Add(x + y, t1, a1);
            x = Lanes.Load(o + N);
            a1 = Add(x + z, t0, a1);
            z = Lanes.Load(p + (3 * N));
            a2 = Add(x + z, t1, a2);
            x = Lanes.Load(e + (2 * N));
            a2 = Add(x + y, t0, a2);
            y = Lanes.Load(f + (4 * N));
            a3 = Add(x + y, t1, a3);
            x = Lanes.Load(o + (3 * N));
            a3 = Add(x + z, t0, a3);
            z = Lanes.Load(p + (5 * N));
            a4 = Add(x + z, t1, a4);
            x = Lanes.Load(e + (4 * N));
            a4 = Add(x + y, t0, a4);
            y = Lanes.Load(f + (6 * N));
            a5 = Add(x + y, t1, a5);
            x = Lanes.Load(o + (5 * N));
            a5 = Add(x + z, t0, a5);
            z = Lanes.Load(p + (7 * N));
            a6 = Add(x + z, t1, a6);
            x = Lanes.Load(e + (6 * N));
            a6 = Add(x + y, t0, a6);
            y = Lanes.Load(f + (8 * N));
            a7 = Add(x + y, t1, a7);
            x = Lanes.Load(o + (7 * N));
            a7 = Add(x + z, t0, a7);
            z = Lanes.Load(p + (9 * N));
            a8 = Add(x + z, t1, a8);
            x = Lanes.Load(e + (8 * N));
            a8 = Add(x + y, t0, a8);
            y = Lanes.Load(f + (10 * N));
            a9 = Add(x + y, t1, a9);
            x = Lanes.Load(o + (9 * N));
            a9 = Add(x + z, t0, a9);
        }

        Store(a0, a1, a2, a3, a4, output);
        Store(a5, a6, a7, a8, a9, output + (5 * N));
    }

    private static Vec Add(Vec samples, Vec tap, Vec sum) => Lanes.MultiplyAddEstimate(samples, tap, sum);

    private static void Store(Vec a0, Vec a1, Vec a2, Vec a3, Vec a4, float* output)
    {
        a0.Store(output);
        a1.Store(output + N);
        a2.Store(output + (2 * N));
        a3.Store(output + (3 * N));
        a4.Store(output + (4 * N));
    }
}
