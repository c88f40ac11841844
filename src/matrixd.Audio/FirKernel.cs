using System.Runtime.Intrinsics;

namespace Matrixd.Audio;

/// <summary>Runs filter programs. Lane g of a pass computes output group g; lanes do not touch.</summary>
internal static unsafe class FirKernel
{
    /// <summary>
    /// Accumulators of a pass. A fused multiply-add takes 4 cycles and two start in each, so 8 must be on the way; 10 vectors of 8 are
    /// half of 160 groups, 20 ms, and leave 6 of AVX2's 16 registers for samples and taps.
    /// </summary>
    public const int VectorsPerPass = 10;

    /// <summary>Lanes of the widest vectors this machine (under ahead-of-time compilation: this build) is fast with.</summary>
    public static int BestLanes =>
        Vector512.IsHardwareAccelerated ? Vector512<float>.Count
        : Vector256.IsHardwareAccelerated ? Vector256<float>.Count
        : Vector128<float>.Count;

    /// <summary>Filters groups, rounded up to whole passes of <see cref="VectorsPerPass"/> vectors.</summary>
    /// <param name="program">Its offsets are from <paramref name="window"/>.</param>
    /// <param name="window">Samples; readable and finite as far as the rounded-up groups reach.</param>
    /// <param name="output">Room for the rounded-up groups. On return, where the outputs are: a program that copies has its outputs in the window.</param>
    /// <param name="groups">0 or more.</param>
    public static void Run(FirProgram program, float* window, ref float* output, int groups)
    {
        if (program.CopyFrom is { } place)
        {
            output = window + place;
            return;
        }

        int pass = program.Lanes * VectorsPerPass;
        for (int g = 0; g < groups; g += pass)
        {
            if (Vector512.IsHardwareAccelerated && program.Lanes == Vector512<float>.Count)
            {
                FirKernel512.Pass(program, window + g, output + g);
            }
            else if (Vector256.IsHardwareAccelerated && program.Lanes == Vector256<float>.Count)
            {
                if (program.Folded.Length > 0)
                {
                    FirKernel256.FoldedPass(program, window + g, output + g);
                }
                else
                {
                    FirKernel256.Pass(program, window + g, output + g);
                }
            }
            else if (Vector128.IsHardwareAccelerated && program.Lanes == Vector128<float>.Count)
            {
                if (program.Folded.Length > 0)
                {
                    FirKernel128.FoldedPass(program, window + g, output + g);
                }
                else
                {
                    FirKernel128.Pass(program, window + g, output + g);
                }
            }
            else
            {
                ScalarPass(program, window + g, output + g);
            }
        }
    }

    /// <summary>The reference: what every kernel must give, to the bit.</summary>
    public static void ScalarPass(FirProgram program, float* window, float* output)
    {
        for (int g = 0; g < program.Lanes * VectorsPerPass; g++)
        {
            output[g] = program.CopyFrom is { } place ? window[place + g]
                : program.Folded.Length > 0 ? FoldedSum(program, window, g)
                : Sum(program, window + g);
        }
    }

    private static float FoldedSum(FirProgram program, float* window, int g)
    {
        int lanes = program.Lanes;
        bool isEven = g / lanes % 2 == 0;
        float sum = 0;
        foreach (FoldedTaps t in program.Folded)
        {
            (int own, int other) = isEven ? (t.Even, t.Odd) : (t.Odd, t.Even);
            (int ownMirror, int otherMirror) = isEven ? (t.MirrorEven, t.MirrorOdd) : (t.MirrorOdd, t.MirrorEven);
            sum = float.MultiplyAddEstimate(window[other + g - lanes] + window[otherMirror + g + lanes], t.Tap1, sum);
            sum = float.MultiplyAddEstimate(window[own + g] + window[ownMirror + g], t.Tap0, sum);
        }

        return sum;
    }

    private static float Sum(FirProgram program, float* window)
    {
        float sum = 0;
        foreach (TapGroup triple in program.Triples)
        {
            float* x = window + triple.Offset;
            sum = float.MultiplyAddEstimate(x[-2 * program.Lanes], triple.Tap2, sum);
            sum = float.MultiplyAddEstimate(x[-program.Lanes], triple.Tap1, sum);
            sum = float.MultiplyAddEstimate(x[0], triple.Tap0, sum);
        }

        foreach (TapGroup pair in program.Pairs)
        {
            float* x = window + pair.Offset;
            sum = float.MultiplyAddEstimate(x[-program.Lanes], pair.Tap1, sum);
            sum = float.MultiplyAddEstimate(x[0], pair.Tap0, sum);
        }

        return sum;
    }
}
