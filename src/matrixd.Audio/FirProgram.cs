namespace Matrixd.Audio;

/// <summary>One output stream's filter, as a kernel walks it: first the triples of taps, then the pairs.</summary>
/// <remarks>
/// The taps j, j + lanes and j + 2 lanes of neighbouring vectors of outputs read the same vector of samples, so a group loads each vector
/// once for two or three multiplications: then multiplying is the bottleneck, not loading.
/// The order of summation is the program's, whatever the block and the kernel; so is the result, to the bit.
/// Immutable, shared by all resamplers of a design.
/// </remarks>
internal sealed class FirProgram
{
    private FirProgram(int lanes, TapGroup[] triples, TapGroup[] pairs, int? copyFrom)
    {
        Lanes = lanes;
        Triples = triples;
        Pairs = pairs;
        CopyFrom = copyFrom;
    }

    /// <summary>Samples in a vector of the kernel.</summary>
    public int Lanes { get; }

    public TapGroup[] Triples { get; }

    public TapGroup[] Pairs { get; }

    /// <summary>Where the output stands in the window, if it is the input, later: one phase of a half-band or third-band filter.</summary>
    public int? CopyFrom { get; }

    /// <summary>Groups the taps of each input stream.</summary>
    /// <param name="lanes">Samples in a vector of the kernel.</param>
    /// <param name="taps">[stream][delay in groups]; zero taps are left out.</param>
    /// <param name="origin">[stream]: where in the window the sample of delay 0 lies for the first output.</param>
    public static FirProgram Build(int lanes, float[][] taps, int[] origin)
    {
        var triples = new List<TapGroup>();
        var pairs = new List<TapGroup>();
        for (int r = 0; r < taps.Length; r++)
        {
            for (int shift = 0; shift < lanes; shift++)
            {
                AddRow(lanes, taps[r], shift, origin[r], triples, pairs);
            }
        }

        return new FirProgram(lanes, [.. triples], [.. pairs], FindCopy(taps, origin));
    }

    /// <summary>How far back the groups of a stream's taps read [samples].</summary>
    public static int Reach(float[] taps, int lanes)
    {
        int reach = 0;
        for (int j = 0; j < taps.Length; j++)
        {
            bool isLone = (j < lanes || taps[j - lanes] == 0) && (j + lanes >= taps.Length || taps[j + lanes] == 0);
            reach = taps[j] == 0 ? reach : Math.Max(reach, isLone ? j + lanes : j);
        }

        return reach;
    }

    // The taps shift, shift + lanes, shift + 2 lanes, …: runs without zeros are cut into pairs, an odd one begins with a triple.
    private static void AddRow(int lanes, float[] taps, int shift, int origin, List<TapGroup> triples, List<TapGroup> pairs)
    {
        for (int j = shift; j < taps.Length;)
        {
            int run = 0;
            while (Tap(run) != 0)
            {
                run++;
            }

            if (run == 0)
            {
                j += lanes;
            }
            else if (run % 2 == 1 && run > 1)
            {
                triples.Add(new TapGroup(origin - j, Tap(0), Tap(1), Tap(2)));
                j += 3 * lanes;
            }
            else
            {
                pairs.Add(new TapGroup(origin - j, Tap(0), Tap(1), 0)); // a lone tap has a zero for company
                j += 2 * lanes;
            }

            float Tap(int i) => j + (i * lanes) < taps.Length ? taps[j + (i * lanes)] : 0;
        }
    }

    private static int? FindCopy(float[][] taps, int[] origin)
    {
        if (taps.Sum(stream => stream.Count(tap => tap != 0)) != 1)
        {
            return null;
        }

        int r = Array.FindIndex(taps, stream => stream.Any(tap => tap != 0));
        int delay = Array.FindIndex(taps[r], tap => tap != 0);
        return taps[r][delay] == 1 ? origin[r] - delay : null;
    }
}
